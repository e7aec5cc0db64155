"""The catalogue gates: every table is a tenant or a directory table, and keeps the rules of its kind.

A new table fails here until it is listed, and a tenant table until its keys, policies and references
are right. Read from the real catalogue of the migrated database, as its owner.
"""

from __future__ import annotations

from typing import Any, LiteralString

import psycopg
import pytest

DIRECTORY = {
    "accounts",
    "business_slugs",
    "memberships",
    "sessions",
    "sign_in_links",
    "widget_keys",
    "job_bells",
    "worker_beats",
    "source_hooks",
    "reply_addresses",
    "webhook_events",
    "schema_migrations",
}
TENANT = {
    "businesses",
    "business_keys",
    "sources",
    "files",
    "documents",
    "document_versions",
    "crawls",
    "crawl_pages",
    "generations",
    "generation_documents",
    "chunks",
    "chunk_windows",
    "postings",
    "posting_lengths",
    "people",
    "identities",
    "conversations",
    "messages",
    "leads",
    "outbox",
    "jobs",
    "usage_months",
    "usage_ledger",
    "audit_log",
    "host_proofs",
    "faq_entries",
    "found_facts",
    "facts",
    "gaps",
    "gap_questions",
    "gap_mail_lines",
    "mail_replies",
    "golden_questions",
    "golden_results",
    "usage_days",
    "vector_indexes",
}


@pytest.fixture
def rows(owner_dsn: str) -> Any:
    """Runs one query as milo_owner on the migrated database."""

    def run(query: LiteralString) -> list[tuple[Any, ...]]:
        with psycopg.connect(owner_dsn) as conn:
            return conn.execute(query).fetchall()

    return run


def test_every_table_is_listed_as_tenant_or_directory(rows: Any) -> None:
    found = {
        name
        for (name,) in rows(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'f')"
        )
    }
    assert found == DIRECTORY | TENANT


def test_nothing_in_the_schema_goes_round_row_level_security(rows: Any) -> None:
    assert (
        rows("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('m', 'v')") == []
    )
    assert (
        rows(
            "SELECT proname FROM pg_proc JOIN pg_language l ON l.oid = prolang WHERE pronamespace = "
            "'public'::regnamespace AND lanname IN ('sql', 'plpgsql')"
        )
        == []
    )

    # Citus hands on no trigger of a distributed table by itself (docs/scale.md).
    assert rows("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal") == []


def test_tenant_tables_force_row_level_security(rows: Any) -> None:
    states = {
        name: (enabled, forced)
        for name, enabled, forced in rows(
            "SELECT relname, relrowsecurity, relforcerowsecurity FROM pg_class WHERE relnamespace = "
            "'public'::regnamespace AND relkind = 'r'"
        )
    }
    assert all(states[name] == (True, True) for name in TENANT), {
        n: states[n] for n in TENANT if states[n] != (True, True)
    }


def test_tenant_policies_bind_reads_and_writes_to_the_setting(rows: Any) -> None:
    policies = rows("SELECT tablename, policyname, cmd, roles::text[], permissive, qual, with_check FROM pg_policies")
    own = {table: (cmd, qual, check) for table, name, cmd, _, _, qual, check in policies if name == "own_business"}
    assert set(own) == TENANT
    for table, (cmd, qual, check) in own.items():
        assert cmd == "ALL" and qual == check, table
        assert "app.business_id" in qual and "NULLIF" in qual.upper(), table


def test_only_the_operations_role_has_another_policy_and_only_to_read(rows: Any) -> None:
    others = rows("SELECT tablename, cmd, roles::text[] FROM pg_policies WHERE policyname <> 'own_business'")
    assert {(table, cmd, tuple(roles)) for table, cmd, roles in others} == {
        (table, "SELECT", ("milo_ops",)) for table in ("jobs", "outbox", "businesses")
    }


def test_operations_role_reads_no_personal_column(rows: Any) -> None:
    granted = rows(
        "SELECT table_name, column_name, privilege_type FROM information_schema.column_privileges "
        "WHERE grantee = 'milo_ops'"
    )
    assert {privilege for _, _, privilege in granted} == {"SELECT"}
    columns = {(table, column) for table, column, _ in granted}
    assert not {
        entry
        for entry in columns
        if entry[1].endswith("_sealed")
        or (entry[1] in {"payload", "last_error", "name"} and entry[0] != "schema_migrations")
    }
    assert {table for table, _ in columns} == {
        "jobs",
        "outbox",
        "businesses",
        "job_bells",
        "worker_beats",
        "schema_migrations",
    }


def test_business_id_leads_every_key_and_index_of_tenant_tables(rows: Any) -> None:
    """Which also makes it a legal distribution column: Citus wants it in every unique key."""
    indexes = rows(
        """
        SELECT t.relname, i.relname, a.attname FROM pg_index x
        JOIN pg_class t ON t.oid = x.indrelid JOIN pg_class i ON i.oid = x.indexrelid
        LEFT JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = x.indkey[0]
        WHERE t.relnamespace = 'public'::regnamespace
        """
    )
    wrong = [(table, index, first) for table, index, first in indexes if table in TENANT and first != "business_id"]
    assert wrong == []
    assert {table for table, _, _ in indexes} >= TENANT


def test_references_between_tenant_tables_carry_the_business(rows: Any) -> None:
    references = rows(
        """
        SELECT t.relname, r.relname, c.conname,
            (SELECT array_agg(a.attname::text ORDER BY k.n) FROM unnest(c.conkey) WITH ORDINALITY AS k(num, n)
                JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.num),
            (SELECT array_agg(a.attname::text ORDER BY k.n) FROM unnest(c.confkey) WITH ORDINALITY AS k(num, n)
                JOIN pg_attribute a ON a.attrelid = c.confrelid AND a.attnum = k.num),
            c.confdeltype::text
        FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid JOIN pg_class r ON r.oid = c.confrelid
        WHERE c.contype = 'f'
        """
    )
    for table, target, name, columns, target_columns, on_delete in references:
        if target in TENANT:
            assert table in TENANT, f"{name}: a directory table may not refer to a tenant table"
            assert columns[0] == target_columns[0] == "business_id", name
        assert on_delete == "c", f"{name}: rows must go with what they belong to"


def test_app_role_owns_nothing_and_cannot_go_round(rows: Any) -> None:
    assert rows(
        "SELECT rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles WHERE "
        "rolname IN ('milo_app', 'milo_ops') ORDER BY 1"
    ) == [
        ("milo_app", False, False, False, False),
        ("milo_ops", False, False, False, False),
    ]
    assert (
        rows(
            "SELECT relname FROM pg_class JOIN pg_roles r ON r.oid = relowner WHERE r.rolname IN "
            "('milo_app', 'milo_ops')"
        )
        == []
    )
    privileges = {
        privilege
        for (privilege,) in rows(
            "SELECT DISTINCT privilege_type FROM information_schema.table_privileges WHERE grantee = 'milo_app'"
        )
    }
    assert privileges == {"SELECT", "INSERT", "UPDATE", "DELETE"}
    assert (
        rows(
            "SELECT 1 FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.member WHERE r.rolname IN "
            "('milo_app', 'milo_ops')"
        )
        == []
    )


def test_audit_log_cannot_be_changed_by_the_app(rows: Any) -> None:
    granted = {
        privilege
        for (privilege,) in rows(
            "SELECT privilege_type FROM information_schema.table_privileges WHERE grantee = "
            "'milo_app' AND table_name = 'audit_log'"
        )
    }
    assert granted == {"SELECT", "INSERT"}


def test_directory_tables_hold_no_visitor_column(rows: Any) -> None:
    columns = rows("SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'")
    suspicious = {"phone", "message", "text", "name_sealed", "value_sealed", "text_sealed", "person_id", "visitor_id"}
    assert [entry for entry in columns if entry[0] in DIRECTORY and entry[1] in suspicious] == []
