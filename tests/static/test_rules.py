"""Rules of the house that types and imports cannot say, read from the syntax trees."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = ("app", "ingestion", "retrieval")
SQL = re.compile(
    r"^\s*(SELECT\s.+|INSERT\s+INTO\s|UPDATE\s+\w+\s+SET\s|DELETE\s+FROM\s|WITH\s+\w+\s+AS\s*\(|CREATE\s+(TABLE|INDEX|"
    r"ROLE|DATABASE|EXTENSION)|ALTER\s+(TABLE|ROLE)|TRUNCATE\s|GRANT\s|REVOKE\s)",
    re.DOTALL,
)
# Where SQL stands besides queries.py and migrations/, and why.
SQL_ALLOWED = {
    "app/db/bootstrap.py": "roles and database, as the superuser",
    "app/db/migrate.py": "the record of migrations",
    "app/db/probe.py": "the start-up probe",
}
CLIENTS = {
    "httpx2",
    "httpx",
    "httpcore2",
    "anyio.connect_tcp",
    "dns",
    "anthropic",
    "openai",
    "smtplib",
    "aiosmtplib",
    "socket",
    "urllib.request",
    "aiohttp",
    "http.client",
}
# Who else may hold a socket, and why.
CLIENTS_ALLOWED = {
    "app/asgi.py": "binds the port it serves",
    "app/supervisor.py": "looks whether the port is free",
    "app/commands/doctor.py": "looks whether the port is free",
}
OPS_ALLOWED = {
    "app/db/pool.py": "defines it",
    "app/health/metrics.py": "states and ages of all rows",
    "app/dashboard/pages/mailbox.py": "the built-in mailbox lists mails of every business",
}
OPS = re.compile(r"\bops_transaction\b")


def sources() -> Iterator[Path]:
    for room in ROOMS:
        yield from sorted((ROOT / room).rglob("*.py"))


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def strings(module: ast.Module) -> Iterator[tuple[int, str]]:
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(module)
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef))
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(module):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.lineno, node.value


def imported(module: ast.Module) -> Iterator[str]:
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def holds_sql(path: Path) -> list[str]:
    return [f"{name(path)}:{line}" for line, text in strings(tree(path)) if SQL.match(text)]


def test_sql_stands_only_in_queries_and_migrations() -> None:
    found = [
        place
        for path in sources()
        if path.name != "queries.py" and name(path) not in SQL_ALLOWED
        for place in holds_sql(path)
    ]
    assert found == []


def test_sql_is_told_from_sentences() -> None:
    for text in ("SELECT 1 FROM t", "\n  INSERT INTO t VALUES (1)", "UPDATE jobs SET a = 1", "DELETE FROM t"):
        assert SQL.match(text), text
    for text in ("Selected files", "Update the page", "With a site as large", "Delete from here: nothing is lost"):
        assert not SQL.match(text), text


def test_exceptions_to_the_rules_are_still_needed() -> None:
    assert [place for place in SQL_ALLOWED if not holds_sql(ROOT / place)] == []
    assert [place for place in CLIENTS_ALLOWED if not set(imported(tree(ROOT / place))) & CLIENTS] == []
    assert [place for place in OPS_ALLOWED if not OPS.search((ROOT / place).read_text(encoding="utf-8"))] == []


def test_the_environment_is_read_only_in_settings() -> None:
    found = [
        f"{name(path)}:{node.lineno}"
        for path in sources()
        if name(path) != "app/settings.py"
        for node in ast.walk(tree(path))
        if (isinstance(node, ast.Attribute) and node.attr in {"environ", "environb", "getenv", "putenv"})
        or (
            isinstance(node, ast.ImportFrom)
            and node.module == "os"
            and {a.name for a in node.names} & {"environ", "getenv"}
        )
    ]
    assert found == []


def test_sockets_and_http_clients_are_held_only_by_providers_and_the_outbound_door() -> None:
    found = [
        f"{name(path)}: {module}"
        for path in sources()
        if not name(path).startswith(("app/providers/", "app/outbound")) and name(path) not in CLIENTS_ALLOWED
        for module in sorted(set(imported(tree(path))))
        if module in CLIENTS or module.split(".")[0] in CLIENTS
    ]
    assert found == []


def test_rows_of_all_businesses_are_read_only_where_listed() -> None:
    found = [
        name(path)
        for path in sources()
        if name(path) not in OPS_ALLOWED and OPS.search(path.read_text(encoding="utf-8"))
    ]
    assert found == []


@pytest.mark.parametrize(
    ("package", "module"),
    [
        ("litestar", "app/web.py"),
        ("pgvector", "retrieval/queries.py"),
        ("psycopg", "app/db/pool.py"),
        ("openai", "app/providers/openai_chat.py"),
        ("tiktoken", "app/providers/token_budget.py"),
        ("pypdf", "ingestion/extract/pdf_second.py"),
        ("bs4", "ingestion/extract/soup.py"),
        ("arq", "app/jobs/doorbell.py"),
    ],
)
def test_each_ordered_package_does_its_work_in_a_named_module(package: str, module: str) -> None:
    assert any(found.split(".")[0] == package for found in imported(tree(ROOT / module)))


def test_no_swallowed_exception() -> None:
    """An except block that only passes hides what went wrong; contextlib.suppress says what is expected."""
    found = [
        f"{name(path)}:{node.lineno}"
        for path in sources()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ExceptHandler) and len(node.body) == 1 and isinstance(node.body[0], ast.Pass)
    ]
    assert found == []


def test_every_module_says_what_it_is_for() -> None:
    found = [
        name(path) for path in sources() if path.stat().st_size > 0 and not ast.get_docstring(tree(path), clean=False)
    ]
    assert found == []


def test_no_tracked_file_names_a_package_registry() -> None:
    hosts = [b"pypi." + b"org", b"pythonhosted." + b"org", b"registry.npmjs." + b"org", b"deb.debian." + b"org"]
    found = [path for path in tracked() if any(host in (ROOT / path).read_bytes() for host in hosts)]
    assert found == []


def test_lock_files_pin_by_hash_and_name_no_address() -> None:
    for lock in ("requirements.lock", "requirements-dev.lock", "requirements-bootstrap.lock", "package-lock.json"):
        text = (ROOT / lock).read_text(encoding="utf-8")
        assert "://" not in text, lock
        assert "sha512-" in text if lock.endswith(".json") else "--hash=sha256:" in text
    runtime = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert not re.search(r"^(torch|sentence-transformers)==", runtime, re.MULTILINE)


def tracked() -> list[str]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout.decode()
    return [path for path in listed.split("\0") if path and (ROOT / path).is_file()]
