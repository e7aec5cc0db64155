"""Compounds are taken apart, slips are tried, and where words stand together is seen."""

from __future__ import annotations

from retrieval.analyse import stem
from retrieval.compounds import pairs, parts_written
from retrieval.lexicon import concepts, concepts_of
from retrieval.question import analyse_question
from retrieval.rank.spans import together
from retrieval.spelling import one_slip_from


def test_a_compound_is_looked_for_in_the_parts_the_business_writes() -> None:
    written = {stem(word, "de") for word in ("Öffnung", "Zeiten", "Praxis", "Zahnarzt")}
    assert parts_written(pairs("öffnungszeiten", "de"), written) == (stem("öffnung", "de"), stem("zeiten", "de"))
    assert parts_written(pairs("zahnarztpraxis", "de"), written) == (stem("zahnarzt", "de"), stem("praxis", "de"))
    assert parts_written(pairs("tierarztpraxis", "de"), written) == (stem("praxis", "de"),)
    assert parts_written(pairs("åbningstider", "da"), {stem("tider", "da"), stem("åbning", "da")})


def test_languages_that_do_not_join_words_are_left_alone() -> None:
    assert pairs("understanding", "en") == () and pairs("maison", "fr") == () and pairs("sonntag", "de") == ()
    assert parts_written(pairs("öffnungszeiten", "de"), set()) == ()
    assert analyse_question("Gibt es Öffnungszeiten?", ("de",), "de").compounds
    assert not analyse_question("What are the openingtimes?", ("en",), "en").compounds


def test_one_slip_is_a_letter_missing_added_wrong_or_swapped_after_the_first() -> None:
    assert "children" in one_slip_from("chlidren") and "children" in one_slip_from("childrn")
    assert "children" in one_slip_from("chilldren") and "children" in one_slip_from("chindren")
    assert "parking" not in one_slip_from("barking") and "parking" not in one_slip_from("parking")
    assert one_slip_from("hors") == () and one_slip_from("営業時間です") == () and one_slip_from("a113b") == ()


def test_words_that_stand_together_count_more_than_words_far_apart() -> None:
    stems, weights = ["crown", "porcelain"], [2.0, 1.0]
    near = together("a porcelain crown costs 640", stems, weights)
    far = together("porcelain " + "and other things " * 20 + " a crown", stems, weights)
    assert near.share == 1.0 and near.pairs == 1.0
    assert far.share < 0.7 and far.pairs == 0.0
    assert together("nothing of it", stems, weights).share == 0.0
    assert together("anything", [], []).share == 0.0


def test_short_words_count_only_where_a_word_begins() -> None:
    assert together("we have a van", ["van"], [1.0]).share == 1.0
    assert together("an advantage", ["van"], [1.0]).share == 0.0


def test_business_words_are_known_in_twelve_languages() -> None:
    languages = ("en", "de", "da", "fr", "es", "it", "nl", "sv", "no", "pl", "pt", "tr")
    missing = {(concept.name, code) for concept in concepts() for code in languages if not concept.forms.get(code)}
    assert missing == set()
    assert len({concept.name for concept in concepts()}) == len(concepts())


def test_a_question_about_a_trade_is_understood_across_languages() -> None:
    for question, language, name in (
        ("Haben Sie eine Terrasse?", "de", "terrace"),
        ("otopark var mı", "tr", "parking"),
        ("Har I glutenfri kage?", "da", "cake"),
        ("czy jest bankomat", "pl", "atm"),
    ):
        assert name in {concept.name for concept in concepts_of(question, (language,))}
