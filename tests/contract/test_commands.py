"""The commands and JSON fields that others' scripts rely on, word for word."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.product import MILO, ROOT, Running

Json = dict[str, Any]


def milo(running: Running, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*MILO, *arguments], env=running.environ, cwd=ROOT, capture_output=True, text=True, timeout=120
    )


@pytest.fixture(scope="session")
def business(product: Running) -> Json:
    [created] = product.json(
        "business", "create", "Harbour Bikes", "--slug", "bikes", "--timezone", "Europe/Copenhagen"
    )
    return created


@pytest.fixture(scope="session")
def ingested(product: Running, business: Json, bike_site: str, tmp_path_factory: pytest.TempPathFactory) -> Json:
    folder = tmp_path_factory.mktemp("files")
    (folder / "terms.md").write_text("# Guarantee\n\nEvery repair has a guarantee of 24 months.\n")
    (folder / "empty.pdf").write_bytes(b"")
    [report] = product.json("ingest", "bikes", bike_site, str(folder))
    return report


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    path = tmp_path / "questions.jsonl"
    rows: list[Json] = [
        {"question": "What does a puncture cost?", "answerable": True, "evidence": ["12.50 EUR"], "kind": "price"},
        {
            "question": "When are you open on Saturday?",
            "answerable": True,
            "evidence": ["10:00 to 14:00"],
            "kind": "hours",
        },
        {"question": "Do you sell live goldfish?", "answerable": False, "evidence": [], "kind": "unanswerable"},
    ]
    path.write_text("\n".join(json.dumps(row) for row in rows))
    return path


def test_create_prints_its_ids_and_a_sign_in_link_for_an_owner(product: Running, business: Json) -> None:
    assert {"slug", "id", "widget_key"} <= set(business) and business["slug"] == "bikes"
    [owned] = product.json("business", "create", "Other", "--slug", "other", "--owner", "owner@example.org")
    assert owned["sign_in_url"].startswith(f"{product.url}/")


def test_ingest_reports_generation_pages_chunks_and_ledger(ingested: Json, bike_site: str) -> None:
    assert ingested["status"] == "published" and ingested["generation"] >= 1 and ingested["seconds"] > 0
    assert set(ingested["pages"]) >= {"fetched", "unchanged", "skipped", "failed"}
    assert set(ingested["chunks"]) >= {"total", "new", "reused"} and ingested["chunks"]["total"] >= 3
    ledger = {entry["url"]: entry for entry in ingested["ledger"]}
    page = ledger[f"{bike_site}prices.html"]
    assert page["status"] == "fetched" and page["http"] == 200 and page["bytes"] > 0 and page["words"] > 0
    [empty] = [entry for url, entry in ledger.items() if "empty.pdf" in url]
    assert empty["status"] == "failed" and empty["reason"] in {"empty", "broken"}


def test_second_ingest_embeds_nothing_new(product: Running, ingested: Json, bike_site: str) -> None:
    [again] = product.json("ingest", "bikes", bike_site)
    assert again["status"] == "published" and again["chunks"]["new"] == 0
    assert again["chunks"]["total"] == ingested["chunks"]["total"]


def test_search_gives_ranked_passages_of_bounded_size(product: Running, ingested: Json, questions: Path) -> None:
    [one] = product.json("search", "bikes", "What does a puncture cost?", "-k", "2")
    assert one["question"] == "What does a puncture cost?" and one["ms"] > 0
    assert [passage["rank"] for passage in one["passages"]] == [1, 2]
    for passage in one["passages"]:
        assert set(passage) >= {"rank", "url", "title", "heading", "text", "score", "tokens"}
        assert 0 < passage["tokens"] <= 400
    assert "12.50" in one["passages"][0]["text"]
    assert len(product.json("search", "bikes", "--questions", str(questions))) == 3


def test_ask_quotes_with_sources_and_tells_its_mode_and_times(
    product: Running, ingested: Json, questions: Path
) -> None:
    answers = {answer["question"]: answer for answer in product.json("ask", "bikes", "--questions", str(questions))}
    hours = answers["When are you open on Saturday?"]
    assert hours["status"] == "answered" and hours["mode"] == "quote"
    # Told by code from the facts, or quoted: the words it rests on are the page's either way.
    assert any("10:00 to 14:00" in each["quote"] for said in hours["sentences"] for each in said["citations"])
    assert set(hours["ms"]) >= {"embed", "search", "first_token", "total"}
    for sentence in hours["sentences"]:
        assert sentence["citations"]
        for citation in sentence["citations"]:
            assert set(citation) >= {"passage", "quote", "url"}
            cited = hours["passages"][citation["passage"] - 1]
            assert citation["quote"] in cited["text"] and citation["url"] == cited["url"]
    assert sum(passage["tokens"] for passage in hours["passages"]) <= 3000
    assert answers["Do you sell live goldfish?"]["status"] in {"answered", "no_answer", "refused"}


def test_eval_counts_what_the_contract_names(product: Running, ingested: Json, questions: Path) -> None:
    [scores] = product.json("eval", "bikes", "--questions", str(questions))
    assert scores["n"] == 3 and scores["answerable"] == 2
    assert scores["evidence_in_index"] == 1.0 and scores["found_at_5"] == 1.0 and scores["found_at_10"] == 1.0
    assert set(scores) >= {"refused_right", "refused_wrong", "ms_p50", "ms_p95"}


def test_doctor_has_a_line_for_each_part(product: Running) -> None:
    parts = {line["part"]: line for line in product.json("doctor")}
    assert {"postgres", "redis", "worker"} <= set(parts)
    assert all({"part", "status", "detail"} <= set(line) for line in parts.values())


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("ingest", "nobody", "http://x.example/"), "nobody"),
        (("ingest", "bikes", "ftp://x.example/"), "http"),
        (("ingest", "bikes", "/nowhere/at/all.pdf"), "all.pdf"),
        (("ask", "nobody", "Hello?"), "nobody"),
        (("business", "create", "Harbour Bikes", "--slug", "bikes"), "taken"),
        (("business", "create", "X", "--slug", "x", "--timezone", "Mars/Base"), "time zone"),
    ],
)
def test_failure_is_exit_1_with_one_sentence_in_both_forms(
    product: Running, business: Json, arguments: tuple[str, ...], says: str
) -> None:
    plain, scripted = milo(product, *arguments), milo(product, *arguments, "--json")
    assert plain.returncode == scripted.returncode == 1
    assert says in plain.stderr and "Traceback" not in plain.stderr
    assert says in json.loads(scripted.stdout.splitlines()[-1])["error"]


def test_wrong_usage_is_exit_2(product: Running) -> None:
    assert milo(product, "ingest").returncode == 2
    assert milo(product, "no-such-command").returncode == 2


def test_json_output_is_json_only(product: Running, ingested: Json) -> None:
    done = milo(product, "search", "bikes", "hours", "--json")
    assert [json.loads(line) for line in done.stdout.splitlines()]


def test_site_without_a_page_fails_with_its_reason_and_keeps_what_was_live(
    product: Running, ingested: Json, tmp_path: Path
) -> None:
    done = milo(product, "ingest", "bikes", "http://no-such-host.example/", "--json")
    assert done.returncode == 1
    report = json.loads(done.stdout.splitlines()[-1])
    assert report["status"] == "failed" and report["reason"] and report["ledger"][0]["reason"] == "no_such_host"
    [found] = product.json("search", "bikes", "puncture price")
    assert "12.50" in found["passages"][0]["text"]


def test_second_product_runs_beside_the_first(product: Running, tmp_path: Path) -> None:
    from tests.product import up

    with up(tmp_path / "second", options=("--no-sample",)) as second:
        assert second.url != product.url
        [created] = second.json("business", "create", "Harbour Bikes", "--slug", "bikes")
        assert created["slug"] == "bikes"


def test_start_on_a_taken_port_says_so(product: Running, tmp_path: Path) -> None:
    environ = {**os.environ, "MILO_DATA_DIR": str(tmp_path / "third"), "MILO_PORT": product.environ["MILO_PORT"]}
    done = subprocess.run([*MILO, "up"], env=environ, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1 and "in use" in done.stderr and "Traceback" not in done.stderr


def test_a_version_can_be_gone_back_from_and_a_file_be_removed(product: Running, tmp_path: Path) -> None:
    product.json("business", "create", "Short Lived", "--slug", "short")
    for name in ("hours", "terms"):
        (tmp_path / f"{name}.md").write_text(f"# {name}\n\nThe {name} stand on the door of the shop.\n")
    [first] = product.json("ingest", "short", str(tmp_path / "hours.md"))
    [second] = product.json("ingest", "short", str(tmp_path / "terms.md"))
    assert first["generation"] < second["generation"]
    assert product.json("rollback", "short") == [{"generation": first["generation"], "status": "published"}]
    refused = milo(product, "rollback", "short")
    assert refused.returncode == 1 and "no former version" in refused.stderr
    [removed] = product.json("remove", "short", "hours.md")
    assert removed == {"removed": "hours.md", "generation": None, "pages": 1, "passages": 1}
    assert milo(product, "remove", "short", "hours.md").returncode == 1


def test_prove_says_what_to_do_and_fails_until_it_was_done(product: Running, business: Json, bike_site: str) -> None:
    told = milo(product, "prove", "bikes", "https://www.harbour-bikes.invalid/", "--json")
    said = json.loads(told.stdout)
    assert told.returncode == 1 and (said["host"], said["proved"]) == ("harbour-bikes.invalid", False)
    assert [way["way"] for way in said["ways"]] == ["dns", "file", "meta"]
    assert all(way["value"] and way["place"] for way in said["ways"])
    given = milo(product, "prove", "bikes", bike_site, "--json")  # one of MILO_CRAWL_PRIVATE_HOSTS
    assert given.returncode == 0 and json.loads(given.stdout)["way"] == "operator"
