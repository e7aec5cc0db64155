"""Every tenant table, every statement, four callers: own, other, unset and malformed.

The rows are planted through the catalogue: a table that cannot be planted here fails, so that a new
table is added to PLANT together with its migration.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg import errors, sql

from tests.tenancy.test_catalogue import TENANT

Row = dict[str, Any]
OWN, OTHER = UUID(int=1 << 64), UUID(int=2 << 64)
S, D, V, C, P, K, M, L, G, X, Q = (UUID(int=number) for number in range(101, 112))

# In the order of their references. Values beside business_id; what is left out has a default.
PLANT: dict[str, Row] = {
    "businesses": {"slug": "x", "name": "X"},
    "business_keys": {"purpose": "data", "key_no": 1, "ring_key_id": "k", "wrapped": b"w"},
    "sources": {"source_id": S, "kind": "site", "url": "https://x.example"},
    "files": {"source_id": S, "bytes": 1, "sha256": b"h", "name": "f", "media_type": "t", "content": b"c"},
    "documents": {"document_id": D, "source_id": S, "url": "https://x.example/"},
    "document_versions": {
        "version_id": V,
        "document_id": D,
        "words": 1,
        "content_hash": b"h",
        "media_type": "t",
        "title": "t",
        "links": [],
        "blocks": "[]",
        "text": "t",
    },
    "crawls": {"crawl_id": C, "source_id": S, "state": "running"},
    "crawl_pages": {"crawl_id": C, "position": 0, "depth": 0, "status": "fetched", "url": "u"},
    "generations": {"generation": 1, "state": "published", "embedding_model": "m", "analyser": "a"},
    "generation_documents": {"generation": 1, "document_id": D, "version_id": V},
    "chunks": {
        "generation": 1,
        "chunk_no": 0,
        "document_id": D,
        "version_id": V,
        "tokens": 1,
        "kind": "page",
        "text_hash": b"h",
        "spans": [0, 1],
        "title": "t",
        "heading_path": [],
        "text": "t",
    },
    "chunk_windows": {
        "generation": 1,
        "window_no": 0,
        "chunk_no": 0,
        "model": "m",
        "embedding_hash": b"h",
        "embedding": "[1,0]",
    },
    "postings": {"generation": 1, "field": "w", "term": "t", "packed": b"p"},
    "posting_lengths": {"generation": 1, "field": "w", "chunk_count": 1, "lengths": b"l"},
    "people": {"person_id": P},
    "identities": {"person_id": P, "kind": "web", "blind_index": b"b", "value_sealed": b"v"},
    "conversations": {"conversation_id": K, "person_id": P, "channel": "web"},
    "messages": {"message_id": M, "conversation_id": K, "author": "visitor", "state": "complete"},
    "leads": {"lead_id": L, "person_id": P, "idempotency_key": b"i", "body_hash": b"h"},
    "outbox": {
        "outbox_id": X,
        "lead_id": L,
        "channel": "mail",
        "purpose": "lead",
        "state": "queued",
        "dedup_key": "d",
        "recipient_sealed": b"r",
        "payload_sealed": b"p",
    },
    "jobs": {"kind": "send_mail", "state": "queued"},
    "usage_months": {"month": "2026-01-01"},
    "usage_ledger": {"month": "2026-01-01", "reserved": 1, "model": "m", "purpose": "answer"},
    "audit_log": {"actor": "a", "action": "b"},
    "host_proofs": {"host": "x.example", "token": "t"},
    "faq_entries": {"source_id": S, "updated_by": "operator", "question": "q", "answer": "a"},
    "found_facts": {
        "generation": 1,
        "fact_no": 0,
        "document_id": D,
        "version_id": V,
        "kind": "phone",
        "origin": "text",
        "subject": "",
        "subject_key": "",
        "value_key": "v",
        "shown": "s",
        "value": "{}",
    },
    "facts": {
        "state": "added",
        "kind": "phone",
        "subject": "",
        "subject_key": "",
        "value_key": "v",
        "decided_by": "operator",
        "decided_as": "owner",
        "shown": "s",
        "value": "{}",
    },
    "gaps": {"gap_id": G},
    "gap_questions": {"gap_id": G, "channel": "web", "text_sealed": b"t"},
    "gap_mail_lines": {"outbox_id": X, "line": 1, "gap_id": G},
    "mail_replies": {"outbox_id": X, "account_id": L, "provider": "mailbox"},
    "golden_questions": {
        "golden_id": Q,
        "origin": "owner",
        "expects": "facts",
        "created_by": "operator",
        "question": "q",
    },
    "golden_results": {
        "generation": 1,
        "golden_id": Q,
        "passed": True,
        "found": True,
        "status": "answered",
        "text": "t",
    },
    "usage_days": {"person_id": P, "day": "2026-01-01"},
    "vector_indexes": {"generation": 1, "model": "m", "dimensions": 2, "index_name": "i", "state": "ready"},
}


def insert(table: str, business_id: UUID, row: Row) -> sql.Composed:
    values = {"business_id": business_id, **row}
    return sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
        sql.Identifier(table),
        sql.SQL(", ").join(map(sql.Identifier, values)),
        sql.SQL(", ").join(map(sql.Literal, values.values())),
    )


def bind(conn: psycopg.Connection[Any], business_id: UUID | str) -> None:
    conn.execute("SELECT set_config('app.business_id', %s, true)", (str(business_id),))


@pytest.fixture(scope="module")
def planted(module_app_dsn: str) -> Iterator[str]:
    """Both businesses have one row in every tenant table."""
    assert set(PLANT) == TENANT, "a new tenant table needs a row in PLANT"
    with psycopg.connect(module_app_dsn) as conn:
        for business_id in (OWN, OTHER):
            with conn.transaction():
                bind(conn, business_id)
                for table, row in PLANT.items():
                    conn.execute(insert(table, business_id, row))
    yield module_app_dsn


@pytest.fixture
def conn(planted: str) -> Iterator[psycopg.Connection[Any]]:
    """As milo_app; whatever a test does is rolled back."""
    with psycopg.connect(planted) as connection:
        yield connection
        connection.rollback()


@pytest.mark.parametrize("table", sorted(TENANT))
def test_own_row_alone_is_seen(conn: psycopg.Connection[Any], table: str) -> None:
    bind(conn, OWN)
    found = conn.execute(sql.SQL("SELECT business_id FROM {}").format(sql.Identifier(table))).fetchall()
    assert found == [(OWN,)]


@pytest.mark.parametrize("table", sorted(TENANT))
def test_no_row_is_seen_without_a_business(conn: psycopg.Connection[Any], table: str) -> None:
    query = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))
    assert conn.execute(query).fetchone() == (0,)
    bind(conn, OWN)
    conn.commit()  # after SET LOCAL and COMMIT the setting is the empty string
    assert conn.execute(query).fetchone() == (0,)


@pytest.mark.parametrize("table", sorted(TENANT))
def test_malformed_business_is_an_error_and_not_everything(conn: psycopg.Connection[Any], table: str) -> None:
    bind(conn, "' OR true --")
    with pytest.raises(errors.InvalidTextRepresentation):
        conn.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table)))


@pytest.mark.parametrize("table", sorted(TENANT))
def test_another_business_row_cannot_be_written(conn: psycopg.Connection[Any], table: str) -> None:
    bind(conn, OWN)
    with pytest.raises(errors.InsufficientPrivilege):
        conn.execute(insert(table, OTHER, PLANT[table]))
    conn.rollback()
    bind(conn, OWN)
    # PostgreSQL refuses COPY FROM under row level security altogether.
    with (
        pytest.raises(errors.FeatureNotSupported),
        conn.cursor().copy(sql.SQL("COPY {} (business_id) FROM STDIN").format(sql.Identifier(table))) as copy,
    ):
        copy.write_row((OTHER,))


@pytest.mark.parametrize("table", sorted(TENANT))
def test_update_and_delete_touch_own_rows_only(conn: psycopg.Connection[Any], table: str) -> None:
    bind(conn, OWN)
    name = sql.Identifier(table)
    if table != "audit_log":
        update = sql.SQL("UPDATE {} SET business_id = business_id WHERE business_id = {}")
        assert conn.execute(update.format(name, sql.Literal(OTHER))).rowcount == 0
        stolen = sql.SQL("UPDATE {} SET business_id = {} WHERE business_id = {}")
        with pytest.raises((errors.InsufficientPrivilege, errors.ForeignKeyViolation)), conn.transaction():
            conn.execute(stolen.format(name, sql.Literal(OTHER), sql.Literal(OWN)))
        delete = sql.SQL("DELETE FROM {} WHERE business_id = {} RETURNING 1")
        assert conn.execute(delete.format(name, sql.Literal(OTHER))).fetchall() == []
    bind(conn, OTHER)
    assert conn.execute(sql.SQL("SELECT count(*) FROM {}").format(name)).fetchone() == (1,)


@pytest.mark.parametrize("table", sorted(TENANT))
def test_truncate_is_not_allowed(conn: psycopg.Connection[Any], table: str) -> None:
    bind(conn, OWN)
    with pytest.raises(errors.InsufficientPrivilege):
        conn.execute(sql.SQL("TRUNCATE {} CASCADE").format(sql.Identifier(table)))


@pytest.mark.parametrize("table", sorted(TENANT))
def test_row_security_cannot_be_switched_off(conn: psycopg.Connection[Any], table: str) -> None:
    bind(conn, OWN)
    conn.execute("SET LOCAL row_security = off")
    with pytest.raises(errors.InsufficientPrivilege):
        conn.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table)))


def test_upsert_over_another_business_row_is_refused(conn: psycopg.Connection[Any]) -> None:
    bind(conn, OWN)
    with pytest.raises(errors.InsufficientPrivilege):
        conn.execute(
            "INSERT INTO people (business_id, person_id) VALUES (%s, %s)"
            " ON CONFLICT (business_id, person_id) DO UPDATE SET created_at = now()",
            (OTHER, P),
        )


def test_join_cannot_reach_another_business(conn: psycopg.Connection[Any]) -> None:
    bind(conn, OWN)
    found = conn.execute("SELECT a.business_id, b.business_id FROM messages a, messages b").fetchall()
    assert found == [(OWN, OWN)]


def test_reference_to_another_business_row_is_refused(conn: psycopg.Connection[Any]) -> None:
    bind(conn, OTHER)
    conn.execute("DELETE FROM people WHERE business_id = %s", (OTHER,))
    bind(conn, OTHER)
    with pytest.raises(errors.ForeignKeyViolation):
        conn.execute(insert("conversations", OTHER, {"person_id": P, "channel": "web"}))


def test_missing_business_probe_value_is_unknown_to_both(conn: psycopg.Connection[Any]) -> None:
    bind(conn, uuid4())
    assert conn.execute("SELECT count(*) FROM businesses").fetchone() == (0,)
