"""Lines of the ledger in words, what may be done about each, rules tried before they are saved, folders, changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app.dashboard.changes_view import view_changes
from app.dashboard.ledger.folders import folders_of
from app.dashboard.ledger.queries import LedgerCount, LedgerRow
from app.dashboard.ledger.rules import try_rules
from app.dashboard.ledger.view import LedgerView, reason_choices, view_line
from ingestion.generations.changes import What
from ingestion.model import MARKS, Reason
from ingestion.rules import Rules

START = "https://example.com/"
ROW = LedgerRow(
    url="https://example.com/a",
    status="skipped",
    reason=None,
    detail=None,
    http=200,
    bytes=10,
    words=5,
    language="en",
    at=datetime(2026, 11, 20, tzinfo=UTC),
    generation=1,
    document_id=None,
    live=False,
)


def seen(exclude: tuple[str, ...] = (), **fields: object) -> LedgerView:
    return view_line(replace(ROW, **fields), start=START, rules=Rules.of((), exclude))  # type: ignore[arg-type]


@pytest.mark.parametrize("reason", list(Reason))
def test_every_reason_of_the_ledger_has_a_sentence_and_a_name(reason: Reason) -> None:
    shown = seen(reason=reason.value, detail="5 MB", http=404)
    assert shown.sentence.endswith(".")
    (choice,) = reason_choices([LedgerCount("skipped", reason.value, 3)])
    assert choice.pages == 3 and "_" not in choice.name


def test_a_page_read_in_part_says_so_and_one_that_is_only_marked_does_not() -> None:
    assert seen(status="fetched", reason=Reason.PARSE_LIMIT.value).word == "read in part"
    for mark in MARKS:
        shown = seen(status="fetched", reason=mark.value)
        assert shown.word == "read" and not shown.may_try and shown.may_leave_out


@pytest.mark.parametrize(
    ("fields", "again", "out"),
    [
        ({"status": "fetched"}, False, True),
        ({"status": "unchanged"}, False, True),
        ({"status": "failed", "reason": "timeout"}, True, True),
        ({"status": "skipped", "reason": "noindex"}, True, True),
        ({"status": "skipped", "reason": "robots_disallowed"}, True, True),
        ({"status": "skipped", "reason": "out_of_scope"}, False, False),
        ({"status": "skipped", "reason": "excluded"}, False, False),
        ({"status": "skipped", "reason": "page_limit"}, False, True),
        ({"status": "failed", "reason": "timeout", "url": START}, True, False),
        ({"status": "failed", "reason": "scanned", "url": "file:scan.pdf"}, True, False),
        ({"status": "fetched", "url": "file:a.txt"}, False, False),
    ],
)
def test_only_what_can_help_is_offered(fields: dict[str, str], again: bool, out: bool) -> None:
    shown = seen(**fields)  # type: ignore[arg-type]
    assert (shown.may_try, shown.may_leave_out) == (again, out)


def test_a_rule_in_force_can_be_taken_back_and_an_old_one_not() -> None:
    fields = {"reason": "excluded", "detail": "/a$"}
    assert seen(("/a$",), **fields).rule == "/a$"
    assert seen((), **fields).rule is None
    before = seen(("/a$",), status="fetched")
    assert before.rule == "/a$" and not before.may_leave_out  # read before the rule was made
    assert seen(("/",), url=START, status="fetched").rule is None


def test_rules_are_tried_on_what_is_known() -> None:
    known = [START, *(f"{START}shop/{number}" for number in range(30)), f"{START}about", f"{START}menu.pdf"]
    tried = try_rules(known, START, [], ["/shop/", "/*.pdf$", "/nothing/"])
    assert (tried.known, tried.left) == (33, 2)
    assert [(rule.rule, rule.count, len(rule.first)) for rule in tried.rules] == [
        ("/shop/", 30, 20),
        ("/*.pdf$", 1, 1),
        ("/nothing/", 0, 0),
    ]
    only = try_rules(known, START, ["/shop/"], ["/shop/1$"])
    assert only.left == 30  # the start address is asked in any case
    assert [(rule.rule, rule.count, rule.only) for rule in only.rules] == [("/shop/", 2, True), ("/shop/1$", 1, False)]


def test_folders_are_counted_and_the_one_that_holds_all_is_opened() -> None:
    found = folders_of([START, f"{START}about", f"{START}shop/a", f"{START}shop/b/c", f"{START}blog/x%20y/1"])
    assert found.loose == 2
    assert [(one.rule, one.pages) for one in found.listed] == [("/shop/", 2), ("/blog/", 1)]
    deep = folders_of([f"{START}en/shop/{number}" for number in range(5)] + [f"{START}en/blog/1"])
    assert [(one.rule, one.pages) for one in deep.listed] == [("/en/shop/", 5), ("/en/blog/", 1)]
    many = folders_of([f"{START}{number}/x" for number in range(60)])
    assert (len(many.listed), many.more) == (40, 20)
    assert folders_of([]).listed == ()


def test_an_address_of_another_site_is_shown_with_its_host() -> None:
    assert seen(url="https://example.com/x").shown == "/x"
    assert seen(url="https://other.example/x", reason="out_of_scope").shown == "other.example/x"
    assert view_line(replace(ROW, url="file:Menu.pdf"), start="files:", rules=Rules.of((), ())).shown == "Menu.pdf"


def test_what_is_still_live_and_left_out_by_now_says_that_it_goes() -> None:
    assert "goes with the next reading" in seen(("/a",), status="unchanged").sentence
    assert seen((), status="unchanged").sentence == ""


@pytest.mark.parametrize(
    ("http", "words"), [(200, "sent"), (404, "not found"), (418, "error"), (503, "fault of the site"), (None, "")]
)
def test_a_site_answers_in_words(http: int | None, words: str) -> None:
    assert seen(http=http).answer == words


def test_what_the_owner_wrote_is_no_page_by_name() -> None:
    (shown,) = view_changes([{"what": "new", "count": 1, "first": ["faq:0199"]}])
    assert shown.lines == ("what you said yourself",)


@pytest.mark.parametrize("what", list(What))
def test_every_kind_of_change_has_its_words(what: What) -> None:
    stored = [{"what": what.value, "count": 12, "first": ["https://example.com/contact → https://example.com/c"]}]
    (shown,) = view_changes(stored)
    # Of what was not kept or not asked there is one line, which says why.
    assert "12" in shown.title and shown.more == (0 if what in (What.FACTS_LEFT_OUT, What.ANSWERS_UNASKED) else 11)


def test_what_matters_most_comes_first() -> None:
    stored = [
        {"what": "changed", "count": 2, "first": []},
        {"what": "new", "count": 1, "first": []},
        {"what": "facts", "count": 1, "first": ["Saturday 10-16 is now 10-14 on /contact"]},
    ]
    first, *others = view_changes(stored)
    assert first.lines == ("Saturday 10-16 is now 10-14 on /contact",) and not first.addresses
    assert [one.title for one in others] == ["One page is new", "2 pages say something else"]
    assert view_changes([]) == []
