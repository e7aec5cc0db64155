"""Logs say what happened and never to whom."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from app import logs


@pytest.fixture
def output() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    logs.configure("info", stream)
    yield stream
    root.handlers, root.level = handlers, level
    structlog.reset_defaults()


def last(output: io.StringIO) -> dict[str, Any]:
    return json.loads(output.getvalue().splitlines()[-1])


@pytest.mark.parametrize(
    "text",
    [
        "anna.berg@example.com",
        "Anna <anna+shop@mail.example.co.uk>",
        "søren@blåbær.dk",
        "mailto:anna@example.com?subject=x",
        "user=anna@example.museum,",
    ],
)
def test_mail_addresses_are_blotted_out(text: str) -> None:
    assert "@" not in logs.redacted(text)
    assert "[mail]" in logs.redacted(text)


@pytest.mark.parametrize(
    "text",
    [
        "+45 12 34 56 78",
        "+4512345678",
        "12345678",
        "(555) 010-2030",
        "555-010-2030",
        "call 020 7946 0958 now",
        "0049.30.123456",
        "+1 (555) 010 2030",
        "phone=12 34 56 78",
    ],
)
def test_phone_numbers_are_blotted_out(text: str) -> None:
    redacted = logs.redacted(text)
    assert "[phone]" in redacted
    assert sum(char.isdigit() for char in redacted) == 0


@pytest.mark.parametrize(
    "text",
    [
        "00000000-0000-7000-8000-000000000001",
        "2026-11-21",
        "2026-11-21T02:13:28",
        "took 12345 ms",
        "port 8000",
        "019a1b2c-3d4e-7000-8000-0123456789ab",
        "chunks 812 of 1024",
        "http://127.0.0.1:8000/readyz",
    ],
)
def test_times_counts_and_ids_stay_readable(text: str) -> None:
    assert logs.redacted(text) == text


def test_passwords_in_addresses_and_keys_are_blotted_out() -> None:
    text = logs.redacted("postgresql://milo_app:hunter2@db/milo failed with sk-abcdefghijkl and Bearer abc.def-ghijk")
    assert "hunter2" not in text
    assert "abcdefgh" not in text
    assert "ghijk" not in text


def test_fields_that_hold_a_persons_words_are_dropped(output: io.StringIO) -> None:
    structlog.get_logger("t").info("answer.done", text="my knee hurts", question="why", ms=12, business_id="b1")
    line = last(output)
    assert line["text"] == line["question"] == "[dropped]"
    assert line["ms"] == 12
    assert line["business_id"] == "b1"


def test_nested_values_are_redacted(output: io.StringIO) -> None:
    structlog.get_logger("t").warning("x", detail={"to": ["anna@example.com", {"tel": "+45 12 34 56 78"}]})
    assert "anna" not in output.getvalue()
    assert "12 34" not in output.getvalue()


def test_a_traceback_holds_no_locals_and_no_address(output: io.StringIO) -> None:
    words = "my knee hurts"
    try:
        raise ValueError(f"no such user anna@example.com ({len(words)})")
    except ValueError as error:
        structlog.get_logger("t").error("x", exc_info=error)
    assert last(output)["exception"][0]["exc_type"] == "ValueError"
    assert "knee" not in output.getvalue()
    assert "anna" not in output.getvalue()


def test_libraries_log_in_the_same_form(output: io.StringIO) -> None:
    logging.getLogger("uvicorn.error").error("peer %s left", "anna@example.com")
    line = last(output)
    assert line["event"] == "peer [mail] left"
    assert line["level"] == "error"
    assert line["logger"] == "uvicorn.error"


def test_what_is_below_the_level_is_not_written(output: io.StringIO) -> None:
    structlog.get_logger("t").debug("x")
    logging.getLogger("httpx2").info("request to http://example.com/?q=words")
    assert output.getvalue() == ""
