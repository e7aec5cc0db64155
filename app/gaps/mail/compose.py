"""The mails of this room, in the business's language: the week's open questions, and what became of a reply.

Plain text. What visitors wrote is masked, indented and one line, so that it cannot pass for a line of ours.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from uuid import UUID

from app.gaps.model import Gap
from app.mail.model import Composed, one_line
from retrieval.hours.words import sections

ANSWER_SHOWN = 500  # characters of an answer that are repeated


@dataclass(frozen=True, slots=True)
class Place:
    """Where links lead."""

    business: str
    language: str
    base: str  # the dashboard's address of the business

    @property
    def words(self) -> dict[str, str]:
        known = _all_words()
        return known.get(self.language, known["en"])

    def gap(self, gap_id: UUID) -> str:
        return f"{self.base}/knowledge/gaps/{gap_id}"


@dataclass(frozen=True, slots=True)
class Taken:
    """One answer of a reply. `wrong`: why it did not count."""

    number: int
    gap_id: UUID
    question: str
    answer: str
    wrong: str | None = None


def compose_week(place: Place, gaps: Sequence[Gap], more: int, reply_to: str | None) -> Composed:
    words = place.words
    count = len(gaps) + more
    parts = [words["intro"]]
    for number, gap in enumerate(gaps, 1):
        if gap.visitors == 1:
            asked = words["asked_once_lost" if gap.lost else "asked_once"]
        else:
            lost = f", {words['lost'].format(n=gap.lost)}" if gap.lost else ""
            asked = f"{words['asked_by'].format(n=gap.visitors)}{lost}"
        again = f" ({words['again']})" if gap.again else ""
        lines = [f"{number}. {one_line(gap.label, 500)}", f"   {asked}{again}"]
        if reply_to is None:
            lines.append(f"   {words['answer_here']}: {place.gap(gap.gap_id)}")
        parts.append("\n".join(lines))
    if more:
        parts.append(words["more"].format(n=more))
    if reply_to is not None:
        parts.append(words["reply_one"] if len(gaps) == 1 else words["reply_many"])
    parts.append(f"{words['all_here']}: {place.base}/knowledge/gaps")
    parts.append(f"{words['turn_off']}: {place.base}/knowledge/gaps/mail")
    subject = words["subject_one" if count == 1 else "subject"].format(n=count, business=place.business)
    return Composed(subject, "\n\n".join(parts) + "\n", reply_to)


def compose_taken(place: Place, taken: Sequence[Taken], unclear: str, reply_to: str | None) -> Composed:
    """`unclear`: the words of the reply that belong to no question, repeated whole: nothing of them is kept."""
    words = place.words
    known = [one for one in taken if one.wrong is None]
    parts: list[str] = []
    if known:
        parts.append(words["told_now"])
    for one in known:
        said = one.answer if len(one.answer) <= ANSWER_SHOWN else one.answer[:ANSWER_SHOWN].rsplit(" ", 1)[0] + " …"
        undo = f"   {words['undo']}: {place.gap(one.gap_id)}"
        parts.append(f"{one.number}. {one_line(one.question, 500)}\n{_indented(said)}\n{undo}")
    for one in taken:
        if one.wrong is not None:
            wrong = f"   {words['not_taken']}: {one.wrong}"
            parts.append(f"{one.number}. {one_line(one.question, 500)}\n{wrong}\n{_indented(one.answer)}")
    if unclear:
        parts.append(f"{words['unclear']}\n\n{_indented(unclear)}")
        parts.append(words["unclear_how"] if reply_to else f"{words['answer_here']}: {place.base}/knowledge/gaps")
    if not parts:
        parts.append(words["nothing"])
    subject = words["subject_taken"] if known else words["subject_unclear"]
    return Composed(subject.format(n=len(known), business=place.business), "\n\n".join(parts) + "\n", reply_to)


def compose_not_taken(place: Place, why: str) -> Composed:
    """`why`: other_sender or unreadable."""
    words = place.words
    text = f"{words[why]}\n\n{words['all_here']}: {place.base}/knowledge/gaps\n"
    return Composed(words["subject_unclear"].format(business=place.business), text)


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.splitlines())


@lru_cache(maxsize=1)
def _all_words() -> dict[str, dict[str, str]]:
    read = sections("words.txt", Path(__file__).parent)
    return {
        code: {key: text.replace("//", "\n") for key, text in words.items()} for code, words in read.items() if code
    }
