"""Two questions are one gap when they ask the same. Held on wordings in several languages, near misses among them."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

from app.gaps.alike import Meaning, meaning_of, same_meaning
from retrieval.language import detect

LINES = Path(__file__).with_name("wordings.txt").read_text(encoding="utf-8").splitlines()
GROUPS = [line.split("|") for line in LINES if line and not line.startswith("#")]
LIKE = 0.66  # more than nearly all pairs reach: what the words alone must keep apart


def read(text: str) -> Meaning:
    language = detect(text, "en")
    return meaning_of(text, language, language)


def test_different_questions_stay_apart_even_where_their_vectors_are_alike() -> None:
    meanings = [(number, read(text)) for number, group in enumerate(GROUPS) for text in group]
    pairs = [(one, other) for (a, one), (b, other) in combinations(meanings, 2) if a != b][::10]
    assert len(pairs) > 3_000
    assert sum(same_meaning(one, other, LIKE) for one, other in pairs) / len(pairs) <= 0.003


def test_half_of_the_other_wordings_in_one_language_are_known_again() -> None:
    found = total = 0
    for group in GROUPS:
        by_language: dict[str, list[Meaning]] = {}
        for text in group:
            by_language.setdefault(detect(text, "en"), []).append(read(text))
        for meanings in by_language.values():
            for one, other in combinations(meanings, 2):
                total += 1
                found += same_meaning(one, other, LIKE)
    assert total > 80
    assert found / total >= 0.5


def test_near_misses_are_two_questions_however_alike_their_vectors() -> None:
    for one, other in [
        ("Can I bring my dog?", "Can I bring my cat?"),
        ("Do you have gluten-free bread?", "Do you have gluten-free cake?"),
        ("Haben Sie sonntags geöffnet?", "Haben Sie montags geöffnet?"),
        ("Hvad koster en børneklipning?", "Hvad koster en herreklipning?"),
        ("Parlez-vous anglais ?", "Parlez-vous allemand ?"),
        ("Table for 4 people?", "Table for 12 people?"),
    ]:
        assert not same_meaning(read(one), read(other), 0.95), (one, other)


def test_languages_meet_in_what_is_asked() -> None:
    for one, other in [
        ("Can I bring my dog?", "Darf ich meinen Hund mitbringen?"),
        ("Hvor kan jeg parkere?", "Wo kann ich parken?"),
        ("Do you have wifi?", "Gibt es WLAN?"),
    ]:
        assert same_meaning(read(one), read(other), 0.0), (one, other)


def test_nothing_of_its_own_is_like_nothing_else() -> None:
    assert not same_meaning(read("and then?"), read("can you do it?"), 0.99)
    assert same_meaning(read("And then?"), read("and then"), 0.1)
