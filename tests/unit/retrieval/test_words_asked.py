"""Compounds are taken apart, slips are tried, and where words stand together is seen."""

from __future__ import annotations

import json

from retrieval.analyse import stem
from retrieval.compounds import pairs, parts_written
from retrieval.lexicon import concepts, concepts_of
from retrieval.question import analyse_question
from retrieval.rank.features import COLUMNS
from retrieval.rank.pairs import pairs_held
from retrieval.rank.use import WEIGHTS, learned
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
    stems = ["crown", "porcelain"]
    assert pairs_held("a porcelain crown costs 640", stems) == 1.0
    assert pairs_held("porcelain " + "and other things " * 20 + " a crown", stems) == 0.0
    assert pairs_held("nothing of it", stems) == 0.0 and pairs_held("a crown", ["crown"]) == 0.0


def test_short_words_count_only_where_a_word_begins() -> None:
    assert pairs_held("we rent a van", ["rent", "van"]) == 1.0
    assert pairs_held("current advantage", ["rent", "van"]) == 0.0


def test_the_second_look_has_a_weight_for_each_column_and_a_record_of_sets_left_out() -> None:
    told = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    assert told["weights"].keys() == set(COLUMNS) and len(learned()) == len(COLUMNS)
    assert all(weight > 0 for weight in told["weights"].values())
    for name, row in told["record"].items():
        assert row["left_out"]["ndcg_at_10"] >= row["mix"]["ndcg_at_10"] - 0.005, name


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
