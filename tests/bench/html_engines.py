"""How the two HTML engines read generated pages: pages a second, and the share of a page's words they find.

    .venv/bin/python -m tests.bench.html_engines

Prints the table of docs/decisions/0006-two-html-engines.md.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable

from bs4 import BeautifulSoup

from ingestion.extract import lexbor, soup
from ingestion.extract.blocks import read_blocks
from ingestion.extract.clean import count_words
from ingestion.extract.tree import Page

WORDS = (
    "harbour museum ticket opens daily from ten until five guided tour children adults price group boat ship".split()
)


def prose(rng: random.Random, count: int) -> str:
    return " ".join(rng.choice(WORDS) for _ in range(count))


def ordinary(rng: random.Random) -> tuple[str, int]:
    """A page of a small organisation: menu, text, list, table, footer. With the number of its words."""
    texts = [prose(rng, rng.randint(20, 90)) for _ in range(12)]
    cells = [[prose(rng, 2) for _ in range(3)] for _ in range(8)]
    menu = "".join(f"<li class=menu-item><a href=/p{n}>Page {n}</a></li>" for n in range(12))
    rows = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in cells)
    body = "".join(f"<div class='wp-block c{n}'><h2>Part {n}</h2><p>{text}</p></div>" for n, text in enumerate(texts))
    page = (
        f"<!doctype html><html><head><title>T</title><script>{'var x=1;' * 2000}</script></head><body><nav><ul>{menu}"
        f"</ul></nav><main>{body}<table>{rows}</table></main><footer><p>Tel. 12 34</p></footer></body></html>"
    )
    words = sum(len(text.split()) for text in texts) + 24 + 24 + 48 + 3
    return page, words


def broken(rng: random.Random) -> dict[str, tuple[str, int]]:
    text = prose(rng, 300)
    return {
        "5,000 nested divs": ("<div>" * 5000 + text + "</div>" * 5000, 300),
        "one line of 10 MB": ("<p>" + "word " * 2_000_000, 2_000_000),
        "no tag is closed": ("<html><body><table><tr><td><p>" + text.replace("museum", "<p>museum<div>"), 300),
        "text between rows": (f"<table><tr><td>a</td></tr>{text}<tr><td>b</td></tr></table>", 302),
        "an attribute never ends": (f"<p>{text}</p><a href='x>link</a><p>more</p>", 300),
        "a comment never ends": (f"<p>{text}</p><!-- <p>{text}</p>", 300),
        "a script never ends": (f"<p>{text}</p><script>var x; <p>{text}</p>", 300),
        "a title never ends": (f"<head><title>Home<body><p>{text}</p>", 0),
        "frameset with text": (f"<frameset><frame src=a></frameset><p>{text}</p>", 0),
    }


def figures(parse: Callable[[str], Page], page: str) -> tuple[int, float]:
    begun = time.perf_counter()
    blocks, _ = read_blocks(parse(page).body)
    return sum(count_words(block.text) for block in blocks), time.perf_counter() - begun


def with_lxml(page: str) -> tuple[int, float]:
    begun = time.perf_counter()
    found = BeautifulSoup(page, "lxml")
    for tag in found(["script", "style", "title"]):
        tag.decompose()
    return len(found.get_text(" ").split()), time.perf_counter() - begun


def main() -> None:
    rng = random.Random(7)
    engines: dict[str, Callable[[str], tuple[int, float]]] = {
        "Lexbor": lambda page: figures(lexbor.parse, page),
        "bs4 + html.parser": lambda page: figures(soup.parse, page),
        "bs4 + lxml (text only)": with_lxml,
    }
    pages = [ordinary(rng) for _ in range(60)]
    print("| page | " + " | ".join(engines) + " |")
    speeds = {name: [measure(page) for page, _ in pages] for name, measure in engines.items()}
    print("| ordinary, pages/s | " + " | ".join(f"{len(p) / sum(s for _, s in p):.0f}" for p in speeds.values()) + " |")
    shares = [sum(found for found, _ in found_of) / sum(words for _, words in pages) for found_of in speeds.values()]
    print("| ordinary, words found | " + " | ".join(f"{share:.1%}" for share in shares) + " |")
    for name, (page, words) in broken(rng).items():
        cells = []
        for measure in engines.values():
            try:
                found, seconds = measure(page)
                cells.append(f"{found} in {seconds * 1000:.0f} ms")
            except (RecursionError, ValueError, AssertionError) as error:
                cells.append(type(error).__name__)
        print(f"| {name} ({words} shown by a browser) | " + " | ".join(cells) + " |")


if __name__ == "__main__":
    main()
