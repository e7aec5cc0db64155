"""Passages: exact spans, never too long, nothing lost, nothing cut that belongs together."""

from __future__ import annotations

import re
import time
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from ingestion.chunk import BREAK_TOKENS, HARD_TOKENS, MAX_TOKENS, WINDOW_TOKENS, chunk_source
from ingestion.model import BlockKind, ChunkKind
from tests.unit.ingestion.doubles import Line, WordTokenizer, version

TOKENS = WordTokenizer()
HEADING, ROW, ITEM = BlockKind.HEADING, BlockKind.TABLE_ROW, BlockKind.LIST_ITEM


def words(count: int, seed: int = 0) -> str:
    return " ".join(f"w{seed}x{number}" for number in range(count))


def prose(sentences: int, seed: int = 0) -> str:
    return " ".join(f"Sentence {number} of {seed} says something of some length here." for number in range(sentences))


line = st.text(alphabet="ab c.D|?:1Ä。 ", min_size=1, max_size=400).map(lambda text: " ".join(text.split()) or "a")
blocks = st.one_of(
    line,
    st.tuples(st.just(HEADING), line, st.integers(1, 6)),
    st.tuples(st.sampled_from([ROW, ITEM]), line),
    st.integers(1, 900).map(words),
    st.integers(1, 900).map(lambda count: (ROW, " | ".join(words(7, seed) for seed in range(count // 8 + 1)))),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(blocks, max_size=25), max_size=7))
def test_every_passage_is_exactly_its_spans_and_no_text_is_lost(pages: list[list[Line]]):
    versions = [version(f"http://a.example/{number}", f"Page {number}", page) for number, page in enumerate(pages)]
    by_id = {each.version_id: each for each in versions}
    held: set[str] = set()
    for chunk in chunk_source(versions, TOKENS):
        source = by_id[chunk.version_id]
        assert chunk.text == "\n".join(source.text[start:end] for start, end in chunk.spans)
        assert chunk.tokens == TOKENS.count(chunk.text) <= HARD_TOKENS
        assert TOKENS.count(" ".join((chunk.title, *chunk.heading_path, chunk.text))) <= HARD_TOKENS
        assert chunk.text in chunk.windows[0]
        assert len(chunk.windows) >= 2
        held.update(re.findall(r"\w+", chunk.text.casefold()))
    assert {word for each in versions for word in re.findall(r"\w+", each.text.casefold())} <= held


def test_a_heading_begins_a_new_passage_only_once_enough_is_gathered():
    page = version(
        "http://a.example/",
        "Page",
        [(HEADING, "One", 2), words(100, 1), (HEADING, "Two", 2), words(200, 2), (HEADING, "Three", 2), words(60, 3)],
    )
    chunks = chunk_source([page], TOKENS)
    assert [chunk.text.split("\n")[0] for chunk in chunks] == ["One", "Three"]
    assert chunks[0].tokens >= BREAK_TOKENS
    assert chunks[1].heading_path == ("Three",)


def test_a_heading_at_the_end_of_a_full_passage_goes_with_its_text():
    page = version("http://a.example/", "Page", [words(200, 1), (HEADING, "Prices", 2), words(300, 2)])
    chunks = chunk_source([page], TOKENS)
    assert [chunk.text.split("\n")[0] for chunk in chunks] == [words(200, 1), "Prices"]


def test_a_question_goes_with_its_answer():
    page = version("http://a.example/", "Page", [words(300, 1), "Is there a car park?", words(100, 2)])
    assert chunk_source([page], TOKENS)[1].text.startswith("Is there a car park?\n")


def test_a_question_is_not_cut_from_any_part_of_its_answer():
    answers: list[Line] = []
    for number in range(6):
        answers += [(HEADING, f"Question {number}?", 3), words(60, number), (ITEM, words(50, number + 50))]
    page = version("http://a.example/", "Page", [words(100, 99), *answers])
    chunks = chunk_source([page], TOKENS)
    for number in range(6):
        held = [chunk for chunk in chunks if f"Question {number}?" in chunk.text]
        assert len(held) == 1
        assert words(60, number) in held[0].text and words(50, number + 50) in held[0].text


def test_an_answer_longer_than_a_passage_begins_beside_its_question():
    page = version("http://a.example/", "Page", [words(330, 1), "How does it work?", words(60, 2), words(350, 3)])
    assert chunk_source([page], TOKENS)[1].text.startswith("How does it work?\n" + words(60, 2))


def test_a_large_menu_is_cut_apart_from_the_pages_text():
    menu = [f"Menu entry number {number} of the site" for number in range(60)]
    page = version("http://a.example/", "Page", [*menu, (HEADING, "Prices", 1), prose(3), "Tel. 1234"])
    blocks = [replace(block, aside=at < 60 or at == 62) for at, block in enumerate(page.blocks)]
    first, *others = chunk_source([replace(page, blocks=tuple(blocks))], TOKENS)
    assert first.text.startswith("Prices\nSentence 0") and "Menu" not in first.text
    assert all(entry in "\n".join(chunk.text for chunk in others) for entry in menu)


def test_sentences_stay_whole_and_windows_are_small():
    page = version("http://a.example/", "Page", [prose(200)])
    chunks = chunk_source([page], TOKENS)
    assert len(chunks) > 3
    for chunk in chunks:
        assert chunk.text.endswith("here.") and chunk.text.startswith("Sentence")
        assert chunk.tokens <= MAX_TOKENS
        for window in chunk.windows[1:]:
            assert TOKENS.count(window.split("\n", 1)[1]) <= WINDOW_TOKENS
            assert window.endswith("here.")


def test_a_row_is_never_cut_and_takes_its_column_names_into_the_next_passage():
    rows: list[Line] = [(ROW, "Name | Price | Hours")]
    rows += [(ROW, f"Thing {number} | {number} EUR | {words(12, number)}") for number in range(60)]
    chunks = chunk_source([version("http://a.example/", "Page", rows)], TOKENS)
    assert len(chunks) > 2
    for chunk in chunks:
        assert chunk.text.startswith("Name | Price | Hours\nThing")
        assert all(line.count(" | ") == 2 for line in chunk.text.split("\n"))


def test_a_row_longer_than_a_passage_is_cut_at_its_cells():
    row = " | ".join(words(90, seed) for seed in range(8))
    chunks = chunk_source([version("http://a.example/", "Page", [(ROW, row)])], TOKENS)
    assert len(chunks) > 1
    cells = set(row.split(" | "))
    for chunk in chunks:
        assert set(chunk.text.split(" | ")) <= cells


def test_windows_carry_title_and_own_headings_in_front():
    page = version(
        "http://a.example/",
        "Visit",
        [(HEADING, "Visit", 1), (HEADING, "Hours", 2), "Open from ten.", (HEADING, "Prices", 2), "Adults pay five."],
    )
    (chunk,) = chunk_source([page], TOKENS)
    assert chunk.windows[0].startswith("Visit\nVisit\nHours")
    assert "Visit > Hours\nOpen from ten." in chunk.windows
    assert "Visit > Prices\nAdults pay five." in chunk.windows


def test_what_stands_on_most_pages_is_kept_once_on_the_first():
    pages = [
        version(
            f"http://a.example/{n}",
            f"Part {n} | Harbour Museum",
            ["Home", "Shop", f"Text of page {n} alone.", "Open daily 10-17", "Tel. 1234"],
        )
        for n in range(6)
    ]
    chunks = chunk_source(pages, TOKENS)
    recurring = [chunk for chunk in chunks if chunk.kind is ChunkKind.RECURRING]
    assert [chunk.text for chunk in recurring] == ["Home\nShop\nOpen daily 10-17\nTel. 1234"]
    assert recurring[0].version_id == pages[0].version_id
    assert recurring[0].title == "Harbour Museum"
    assert [chunk.text for chunk in chunks if chunk.kind is ChunkKind.PAGE] == [
        f"Text of page {n} alone." for n in range(6)
    ]
    assert [chunk.title for chunk in chunks if chunk.kind is ChunkKind.PAGE] == [f"Part {n}" for n in range(6)]


def test_a_common_line_between_a_pages_own_lines_stays_with_its_page():
    pages = [
        version(f"http://a.example/{n}", "T", [f"Concert {n}", "Begins 19:30", f"With band {n}"]) for n in range(6)
    ]
    assert all("Begins 19:30" in chunk.text for chunk in chunk_source(pages, TOKENS))


def test_three_pages_have_nothing_recurring():
    pages = [version(f"http://a.example/{n}", "T", ["Home", f"Text {n}"]) for n in range(3)]
    assert all(chunk.kind is ChunkKind.PAGE for chunk in chunk_source(pages, TOKENS))


def test_time_grows_with_the_text_and_not_faster():
    def seconds(sentences: int) -> float:
        page = version("http://a.example/", "Page", [prose(sentences)])
        begun = time.process_time()
        chunk_source([page], TOKENS)
        return time.process_time() - begun

    seconds(100)
    small, large = seconds(1_000), seconds(8_000)
    assert large < small * 8 * 4 + 0.2
