"""What a misspelt word may have meant. A word the business never writes in, words one slip away out.

No dictionary: ranking.py asks which of them stand in the business's text. The first letter is taken as right, and
short words are left alone, too many of them are one letter from another.
"""

from __future__ import annotations

from functools import lru_cache

SHORTEST = 5
LONGEST = 16
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


@lru_cache(maxsize=512)
def one_slip_from(word: str) -> tuple[str, ...]:
    """One letter missing, added, wrong, or two swapped; some 500 for a word of nine letters. Latin letters only."""
    if not SHORTEST <= len(word) <= LONGEST or not word.isascii() or not word.isalpha():
        return ()
    made: dict[str, None] = {}
    for at in range(1, len(word) + 1):
        before, after = word[:at], word[at:]
        made |= dict.fromkeys(before + letter + after for letter in _LETTERS)
        if after:
            made[before + after[1:]] = None
            made |= dict.fromkeys(before + letter + after[1:] for letter in _LETTERS)
        if len(after) > 1:
            made[before + after[1] + after[0] + after[2:]] = None
    made.pop(word, None)
    return tuple(made)
