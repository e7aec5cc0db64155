"""Two versions of an answer side by side: what counts as worse, and which words are marked."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import uuid4

from app.dashboard.golden.compare import Change, Compared, Side, compare
from app.golden.model import Golden, Result

AT = datetime(2030, 5, 1, tzinfo=UTC)
GOLDEN = Golden(uuid4(), "When?", ["10-16"], "facts", "owner", None, False, AT, AT)


def result(text: str, *, passed: bool, found: bool = True) -> Result:
    return Result(GOLDEN.golden_id, passed, found, "answered", [], text)


def one(before: Result | None, after: Result | None) -> Compared:
    sides = [{GOLDEN.golden_id: side} if side else {} for side in (before, after)]
    (compared,) = compare([GOLDEN], sides[0], sides[1])
    return compared


def test_an_answer_is_worse_better_changed_or_the_same():
    right, wrong = result("Saturday 10-16", passed=True), result("Saturday closed", passed=False)
    lost = result("Saturday closed", passed=False, found=False)
    assert one(right, wrong).change is Change.WORSE
    assert one(wrong, right).change is Change.BETTER
    assert one(right, result("Sat 10-16", passed=True)).change is Change.CHANGED
    assert one(right, result("Saturday  10-16", passed=True)).change is Change.SAME
    assert one(wrong, lost).change is Change.WORSE, "what it must say was found at least"
    assert one(lost, wrong).change is Change.BETTER
    assert one(right, None).change is Change.UNASKED


def test_what_matters_most_stands_first():
    other = Golden(uuid4(), "Price?", ["7"], "facts", "owner", None, False, AT, AT)
    before = {GOLDEN.golden_id: result("a", passed=True), other.golden_id: result("a", passed=True)}
    after = {GOLDEN.golden_id: result("a", passed=True), other.golden_id: result("b", passed=False)}
    assert [row.golden for row in compare([GOLDEN, other], before, after)] == [other, GOLDEN]


def marked(side: Side | None) -> list[str]:
    assert side is not None
    return [piece.text.strip() for piece in side.pieces if piece.marked]


def test_the_words_that_differ_are_marked_and_the_texts_stay_whole():
    compared = one(
        result("Open Saturday 10-16 always", passed=True), result("Open Saturday 10-14\nalways", passed=False)
    )
    assert (marked(compared.before), marked(compared.after)) == (["10-16"], ["10-14"])
    assert compared.before is not None and compared.after is not None
    assert "".join(piece.text for piece in compared.before.pieces) == "Open Saturday 10-16 always"
    assert "".join(piece.text for piece in compared.after.pieces) == "Open Saturday 10-14\nalways"


def test_a_very_long_answer_is_shown_unmarked():
    long = "word " * 500
    compared = one(result(long, passed=True), result(long + "more", passed=True))
    assert compared.change is Change.CHANGED and marked(compared.after) == []
