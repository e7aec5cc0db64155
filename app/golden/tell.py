"""What became of a golden question, as the owner reads it: in the reason of a hold and in the list of changes."""

from __future__ import annotations

from collections.abc import Sequence

from app.golden.model import Expects, Golden, Result

TOLD = 3  # answers that the reason of a hold names
LONGEST = 160  # characters of an answer


def lost(golden: Golden, before: Result, after: Result) -> str:
    """ "Do you deliver?" was answered, and is not any more."""
    if golden.expects == Expects.NO_ANSWER:
        return f"“{golden.question}” should stay unanswered, and would now get “{shortened(after.text)}”."
    missing = f" It no longer says “{'” and “'.join(after.missing)}”." if after.missing else ""
    return f"“{golden.question}” was “{shortened(before.text)}” and would become “{shortened(after.text)}”.{missing}"


def won(golden: Golden, _before: Result, after: Result) -> str:
    if golden.expects == Expects.NO_ANSWER:
        return f"“{golden.question}” is left unanswered now, as you wish."
    return f"“{golden.question}” is now “{shortened(after.text)}”."


def held_because(sentences: Sequence[str]) -> str:
    told = " ".join(sentences[:TOLD])
    more = f" And {len(sentences) - TOLD} more." if len(sentences) > TOLD else ""
    count = "An answer" if len(sentences) == 1 else f"{len(sentences)} answers"
    return (
        f"{count} you keep an eye on would not be right any more. {told}{more} Visitors still get the former answers."
        " If the new ones are right, publish it and change what you expect."
    )


def shortened(text: str) -> str:
    """One line, cut at a word, without the stop at its end: it stands within a sentence."""
    line = " ".join(text.split()).rstrip(".")
    return line if len(line) <= LONGEST else line[:LONGEST].rsplit(" ", 1)[0] + " …"
