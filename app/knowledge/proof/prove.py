"""An owner shows that a host is theirs: a token to put there, looks for it, and looks again at readings.

Called by the dashboard, `milo prove` and the job that reads a source. No request goes out inside of a
transaction. What a proof allows is decided where it is used, by `proved_hosts`.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from uuid import UUID

import structlog

from app.audit.queries import insert_audit
from app.errors import BadInput, NotFound
from app.knowledge.proof.look import Look, Said, Texts, look
from app.knowledge.proof.model import Method, Proof, ProofRow, Proves, proof_host, ways_for
from app.knowledge.proof.queries import find_proof, has_lapsed, insert_proof, is_due, set_not_seen, set_proved
from app.knowledge.queries import list_sites
from app.outbound_dns import resolve_texts
from ingestion.addresses import Scope

MOST_HOSTS = 50
FRESH_SECONDS = 86_400.0
PAUSE_SECONDS = 5.0  # between two looks, however often the button is pressed
TRUST_DAYS = 14  # as long as a proof that cannot be looked at is still believed
READER = "milo"
log = structlog.get_logger(__name__)


async def start_proof(parts: Proves, business_id: UUID, host: str, *, actor: str) -> Proof:
    """The token and the ways for a host as typed; the same ones when it was begun before. Raises BadInput."""
    key = proof_host(host)
    async with parts.database.business_transaction(business_id) as conn:
        if await insert_proof(conn, business_id, key, secrets.token_hex(16), most=MOST_HOSTS):
            await insert_audit(conn, business_id, actor=actor, action="host.proof_begun", target=key)
        row = await find_proof(conn, business_id, key)
    if row is None:
        raise BadInput(f"Milo keeps proofs of {MOST_HOSTS} sites for one business, and they are used up.")
    return _shown(row, parts, await _origin(parts, business_id, key))


async def read_proof(parts: Proves, business_id: UUID, host: str) -> Proof | None:
    """What is known of it, without a look. None where nobody has begun to prove it."""
    key = proof_host(host)
    async with parts.database.business_transaction(business_id) as conn:
        row = await find_proof(conn, business_id, key)
    return None if row is None else _shown(row, parts, await _origin(parts, business_id, key))


async def check_proof(
    parts: Proves, business_id: UUID, host: str, *, actor: str, texts: Texts = resolve_texts
) -> Proof:
    """Looks now, unless somebody just has. Raises NotFound where it was not begun."""
    key = proof_host(host)
    async with parts.database.business_transaction(business_id) as conn:
        row = await find_proof(conn, business_id, key)
        due = await is_due(conn, business_id, key, seconds=PAUSE_SECONDS)
    if row is None:
        raise NotFound("Nobody has begun to prove this site. Begin first, to get what has to be put there.")
    origin = await _origin(parts, business_id, key)
    if due:
        looks = await look(key, row.token, parts.fetcher, scheme=origin.partition(":")[0], texts=texts)
        row = await _write(parts, business_id, row, looks, actor)
    return _shown(row, parts, origin)


async def refresh_proof(parts: Proves, business_id: UUID, url: str, *, texts: Texts = resolve_texts) -> None:
    """Before a reading: looks again where the last look is over a day old. Says nothing and never raises for
    what the host does; a proof that was withdrawn counts no more from here on.
    """
    key = proof_host(url)
    async with parts.database.business_transaction(business_id) as conn:
        due = await is_due(conn, business_id, key, seconds=FRESH_SECONDS)
    if due:
        await check_proof(parts, business_id, key, actor=READER, texts=texts)


async def _write(parts: Proves, business_id: UUID, row: ProofRow, looks: Mapping[Method, Look], actor: str) -> ProofRow:
    """A proof is withdrawn when the place where it stood answers without it, or was out of reach for too long.

    A fault of the network, of a name server or of the site's own server withdraws nothing.
    """
    found = next((method for method in Method if method in looks and looks[method].said is Said.FOUND), None)
    async with parts.database.business_transaction(business_id) as conn:
        if found is not None:
            await set_proved(conn, business_id, row.host, found)
            if row.proved_at is None:
                await insert_audit(
                    conn, business_id, actor=actor, action="host.proved", target=row.host, details={"way": found}
                )
        else:
            withdrawn = False
            if row.method is not None:
                gone = row.method in looks and looks[row.method].said is Said.ABSENT
                withdrawn = gone or await has_lapsed(conn, business_id, row.host, days=TRUST_DAYS)
            await set_not_seen(conn, business_id, row.host, _reason(row, looks), withdrawn=withdrawn)
            if withdrawn:
                log.warning("proof.withdrawn", business=str(business_id), host=row.host)
                await insert_audit(conn, business_id, actor=actor, action="host.proof_lost", target=row.host)
        return await find_proof(conn, business_id, row.host) or row


def _reason(row: ProofRow, looks: Mapping[Method, Look]) -> str:
    """Of the way that had proved it first; then of what could not be looked at, which the owner may not know."""
    ordered = sorted(looks.items(), key=lambda item: (item[0] is not row.method, item[1].said is not Said.UNKNOWN))
    return "; ".join(dict.fromkeys(each.why for _, each in ordered if each.why))[:500]


async def _origin(parts: Proves, business_id: UUID, key: str) -> str:
    """As the site is read, where it is a source; over https otherwise."""
    async with parts.database.business_transaction(business_id) as conn:
        sites = await list_sites(conn, business_id)
    return next((Scope.of(url).origin for url in sites if proof_host(url) == key), f"https://{key}")


def _shown(row: ProofRow, parts: Proves, origin: str) -> Proof:
    return Proof(
        host=row.host,
        token=row.token,
        proved=row.proved_at is not None,
        method=row.method,
        proved_at=row.proved_at,
        checked_at=row.checked_at,
        reason=row.reason,
        ways=ways_for(row.host, row.token, origin=origin),
        given=parts.fetcher.is_owned(f"{origin}/"),
    )
