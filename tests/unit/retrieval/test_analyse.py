"""Terms: what a visitor types and what a page says must meet."""

from __future__ import annotations

import pytest

from retrieval.analyse import SnowballAnalyser

analyser = SnowballAnalyser()


@pytest.mark.parametrize(
    ("typed", "written", "language"),
    [
        ("opening", "opens", "en"),
        ("oeffnungszeiten", "Öffnungszeiten", "de"),
        ("preis", "Preise", "de"),
        ("ete", "été", "fr"),
        ("abningstid", "åbningstider", "da"),
        ("checkin", "check-in", "en"),
        ("iphone15", "iPhone15", "en"),
        ("dk2100", "DK-2100", "en"),
        ("24.90", "24,90", "de"),
        ("10-16", "10–16", "en"),
        ("2024", "24.12.2024", "de"),
        ("防守", "黑豹队的防守", "zh"),
        ("בית", "בבית", "he"),
    ],
)
def test_what_is_typed_meets_what_is_written(typed: str, written: str, language: str) -> None:
    assert set(analyser.words(typed, language)) & set(analyser.words(written, language))


def test_stop_words_leave_no_term() -> None:
    assert analyser.words("When do you have the time? Don't ask!", "en") == ["time", "ask"]
    assert analyser.words("Was ist das für ein", "de") == []


def test_numbers_dates_and_codes_stay_whole() -> None:
    terms = analyser.words("AB-123x at 10:30 on 2024-05-01 for 24,90", "en")
    assert {"ab123x", "10:30", "2024-05-01", "24.90"} <= set(terms)


def test_indic_vowel_signs_do_not_split_words() -> None:
    assert "पैंथर्स" in analyser.words("पैंथर्स ने", "hi")


def test_thai_and_kana_become_pairs() -> None:
    assert analyser.words("ラーメン", "ja") == ["ラー", "ーメ", "メン"]
    assert len(analyser.words("ร้านเปิด", "th")) == 7


def test_one_wrong_letter_leaves_most_grams() -> None:
    right, wrong = set(analyser.grams("reservation")), set(analyser.grams("resevation"))
    assert len(right & wrong) > len(right) / 3


def test_grams_of_a_word_of_ten_thousand_letters_are_few() -> None:
    assert len(analyser.grams("a" * 10_000)) < 150


def test_version_names_rules_and_words() -> None:
    assert analyser.version == SnowballAnalyser().version and "-" in analyser.version
