"""A site's settings: how often and how far it is read, what is left out, robots.txt, and the address for notices."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any
from uuid import UUID

from litestar import get, post
from litestar.datastructures import FormMultiDict
from litestar.params import FromPath

from app.dashboard.admission import AnyRequest, Desk, OwnDesk, Parts
from app.dashboard.forms import field
from app.dashboard.ledger.rules import Tried, try_rules
from app.dashboard.render import Html, page, see
from app.errors import BadInput, MiloError, NotFound
from app.knowledge.choices.change import change_choices
from app.knowledge.choices.model import Choices, Site, checked, patterns
from app.knowledge.choices.queries import known_addresses, read_choices
from app.knowledge.hooks.queries import hook_made_at
from app.knowledge.hooks.renew import renew_hook, revoke_hook
from app.knowledge.proof.prove import read_proof
from app.services import Services
from ingestion.rules import folder_of

PATH = "/dashboard/{slug:str}/knowledge/sources/{source_id:uuid}"
KNOWN = 10_000  # addresses that rules are tried on
LONGEST_RULES = 60_000  # a hundred rules of five hundred characters, and their ends of lines
SCHEDULE_WORDS = {
    "daily": "Every day",
    "weekly": "Every week",
    "monthly": "Every month",
    "never": "Only when you or your site ask for it",
}


@get(f"{PATH}/settings", opt={"access": "member"})
async def choices(request: AnyRequest, services: Parts, desk: OwnDesk, source_id: FromPath[UUID]) -> Html:
    site = await _site(desk, source_id)
    return await _page(request, services, desk, source_id, site, site.choices)


@post(f"{PATH}/settings", opt={"access": "member"})
async def save(request: AnyRequest, services: Parts, desk: OwnDesk, source_id: FromPath[UUID]) -> Html:
    """With `check` in the form only the rules are tried, for browsers without scripts."""
    form = await request.form()
    site = await _site(desk, source_id)
    typed = site.choices
    try:
        typed = _typed(form)
        if field(form, "check"):
            return await _page(request, services, desk, source_id, site, checked(typed))
        await change_choices(services, desk.business_id, source_id, typed, actor=desk.actor)
    except MiloError as error:
        return await _page(request, services, desk, source_id, site, typed, wrong=error)
    return see(f"{desk.base}/knowledge/sources/{source_id}/settings", "choices_saved")


@post(f"{PATH}/rules", opt={"access": "member"})
async def try_them(request: AnyRequest, desk: OwnDesk, source_id: FromPath[UUID]) -> Html:
    """What the rules as typed would leave out of what is known. Changes nothing; asked for while one types."""
    form = await request.form()
    site = await _site(desk, source_id)
    wrong: str | None = None
    tried: Tried | None = None
    try:
        tried = await _tried(desk, source_id, site, _lines(form, "include"), _lines(form, "exclude"))
    except BadInput as error:
        wrong = error.sentence
    return page(request, "rules_tried.html", tried=tried, wrong_rule=wrong)


@post(f"{PATH}/hook", opt={"access": "member"})
async def renew(request: AnyRequest, services: Parts, desk: OwnDesk, source_id: FromPath[UUID]) -> Html:
    """Shows the new address, here and never again."""
    token = await renew_hook(services, desk.business_id, source_id, actor=desk.actor)
    address = f"{services.settings.public_url}/hooks/{token}"
    site = await _site(desk, source_id)
    return await _page(request, services, desk, source_id, site, site.choices, address=address)


@post(f"{PATH}/hook/revoke", opt={"access": "member"})
async def revoke(services: Parts, desk: OwnDesk, source_id: FromPath[UUID]) -> Html:
    await revoke_hook(services, desk.business_id, source_id, actor=desk.actor)
    return see(f"{desk.base}/knowledge/sources/{source_id}/settings", "hook_revoked")


async def _site(desk: Desk, source_id: UUID) -> Site:
    async with desk.transaction() as conn:
        site = await read_choices(conn, desk.business_id, source_id)
    if site is None or site.draft:
        raise NotFound
    return site


def _typed(form: FormMultiDict) -> Choices:
    """Raises BadInput for what is no number. Rules are checked where they are saved."""
    return Choices(
        field(form, "schedule"),
        _figure(form, "max_pages"),
        _figure(form, "max_depth"),
        _lines(form, "include"),
        _lines(form, "exclude"),
        bool(field(form, "ignore_robots")),
    )


def _figure(form: FormMultiDict, name: str) -> int:
    text = field(form, name, longest=10)
    if not (text.isascii() and text.isdigit()):
        raise BadInput(f"“{text}” is not a number of {'pages' if name == 'max_pages' else 'steps'}.")
    return int(text)


def _lines(form: FormMultiDict, name: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in field(form, name, longest=LONGEST_RULES).splitlines() if line.strip())


async def _tried(desk: Desk, source_id: UUID, site: Site, include: tuple[str, ...], exclude: tuple[str, ...]) -> Tried:
    async with desk.transaction() as conn:
        known = await known_addresses(conn, desk.business_id, source_id, KNOWN)
    return try_rules(known, site.url, patterns(include), patterns(exclude))


async def _page(
    request: AnyRequest,
    services: Services,
    desk: Desk,
    source_id: UUID,
    site: Site,
    typed: Choices,
    *,
    address: str | None = None,
    wrong: MiloError | None = None,
) -> Html:
    tried: Tried | None = None
    wrong_rule: str | None = None
    try:
        tried = await _tried(desk, source_id, site, tuple(typed.include), tuple(typed.exclude))
    except BadInput as error:
        wrong_rule = error.sentence
    proof = await read_proof(services, desk.business_id, site.url)
    owned = services.fetcher.is_owned(site.url)  # for whoever runs this Milo: nothing to prove
    async with desk.transaction() as conn:
        hook = await hook_made_at(conn, desk.business_id, source_id)
    source: dict[str, Any] = {"kind": "site", "url": site.url, "source_id": source_id}
    return page(
        request,
        "source_settings.html",
        status=wrong.status if wrong else 200,
        place="knowledge",
        source=source,
        here=f"{desk.base}/knowledge/sources/{source_id}",
        values=asdict(typed),
        schedules=SCHEDULE_WORDS,
        folder=folder_of(site.url),
        tried=tried,
        wrong_rule=wrong_rule,
        wrong=wrong.sentence if wrong else None,
        proof=proof,
        owned=owned,
        proved=owned or (proof is not None and proof.proved),
        hook=hook,
        address=address,
    )


HANDLERS = [choices, save, try_them, renew, revoke]
