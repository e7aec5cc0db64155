"""What `milo eval` counts: evidence found and said, answers refused, and the golden questions' own way to compare."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from app.commands import eval as command
from app.errors import NotFound
from app.golden.model import Generation, Golden
from retrieval.model import Answer, AnswerMode, AnswerStatus, Citation, Passage, Sentence, Timings

AT = datetime(2030, 5, 1, tzinfo=UTC)


def passage(text: str) -> Passage:
    return Passage(0, "https://a.example/", "Prices", (), text, 10, 1.0)


def answer(text: str, *found: str, status: AnswerStatus = AnswerStatus.ANSWERED) -> Answer:
    cited = (Citation(1, text, "https://a.example/", "Prices", 0),)
    passages = tuple(passage(one) for one in found)
    return Answer(status, AnswerMode.QUOTE, "en", (Sentence(text, cited),), passages, Timings())


def measured(case: command.Case, found: list[str], given: Answer, ms: float = 5.0) -> command.Measured:
    return command.Measured(case, tuple(passage(one) for one in found), ms, given)


def test_evidence_is_counted_where_it_was_found_and_where_it_was_said():
    said = measured(command.Case("Soup?", ("7,50 €",), True), ["Soup 7.50"], answer("Soup is 7,50 €.", "Soup 7,50 €"))
    late = measured(
        command.Case("Tea?", ("2 €",), True), [*["x"] * 5, "Tea 2 €"], answer("I do not know.", "x"), ms=9.0
    )
    none = measured(command.Case("Pool?", (), False), [], answer("No.", status=AnswerStatus.NO_ANSWER))
    figures = command._figures([said, late, none], "soup750|tea2")  # pyright: ignore[reportPrivateUsage]
    assert (figures["n"], figures["answerable"], figures["refused_right"], figures["refused_wrong"]) == (3, 2, 1.0, 0.0)
    assert (figures["found_at_5"], figures["found_at_10"], figures["found_in_tokens"]) == (0.5, 1.0, 0.5)
    assert (figures["answer_has_evidence"], figures["evidence_in_index"], figures["words"]) == (0.5, 1.0, 4)
    assert (figures["ms_p50"], figures["ms_p95"]) == (5.0, 9.0)


def test_a_golden_fact_may_be_written_otherwise_and_evidence_of_a_file_may_not():
    golden = Golden(uuid4(), "When?", ["10-16"], "facts", "owner", None, False, AT, AT)
    given = answer("Saturday 10 am to 4 pm.", "Saturday 10 am to 4 pm")
    assert measured(command.Case.of(golden), [], given).holds(["Saturday 10 am to 4 pm"])
    assert not measured(command.Case("When?", ("10-16",), True), [], given).holds(["Saturday 10 am to 4 pm"])


def test_a_reading_that_is_not_kept_is_told_with_those_that_are():
    kept = [Generation(4, "published", "m", AT, AT, True), Generation(3, "superseded", "m", AT, AT, False)]
    choose = command._chosen  # pyright: ignore[reportPrivateUsage]
    assert choose(kept, None) is kept[0] and choose(kept, 3) is kept[1] and choose([], None) is None
    with pytest.raises(NotFound) as raised:
        choose(kept, 9)
    assert "Kept are: 4, 3" in raised.value.sentence
