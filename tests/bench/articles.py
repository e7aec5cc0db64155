"""How well the main text of an article is told from what stands beside it: python -m tests.bench.articles [--data DIR]

The metric of the article extraction benchmark (4-gram shingles, mean precision and recall of the pages, their F1) for
our reading, for all text of a page by beautifulsoup4, and for trafilatura where it happens to be installed.
"""

from __future__ import annotations

import argparse
import gzip
import importlib
import json
import re
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

from bs4 import BeautifulSoup

from ingestion.extract.html import extract_html

DEFAULT_DATA = Path(__file__).parents[3] / "shared" / "data" / "articles"
_TOKEN = re.compile(r"\w+")

Reader = Callable[[bytes, str], str]


@dataclass(frozen=True, slots=True)
class Scores:
    f1: float
    precision: float
    recall: float
    milliseconds: float  # a page
    pages: int


def measure(data: Path) -> Iterator[tuple[str, Scores]]:
    """By name of the reading."""
    pages = list(_pages(data))
    for name, reader in readers().items():
        begun = time.process_time()
        matches = [_match(truth, reader(body, url)) for body, url, truth in pages]
        spent = (time.process_time() - begun) / len(pages) * 1000
        precision = mean(_share(same, wrong, lost + wrong) for same, wrong, lost in matches if same + wrong)
        recall = mean(_share(same, lost, lost + wrong) for same, wrong, lost in matches if same + lost)
        yield name, Scores(2 * precision * recall / (precision + recall), precision, recall, spent, len(pages))


def readers() -> dict[str, Reader]:
    found: dict[str, Reader] = {"ours, main text": _main, "ours, all text": _all, "beautifulsoup4, all text": _soup}
    try:
        trafilatura = importlib.import_module("trafilatura")
    except ImportError:
        return found
    return found | {"trafilatura": lambda body, _: trafilatura.extract(body, include_comments=False) or ""}


def _main(body: bytes, url: str) -> str:
    return "\n".join(block.text for block in extract_html(body, url, None).blocks if not block.aside)


def _all(body: bytes, url: str) -> str:
    return "\n".join(block.text for block in extract_html(body, url, None).blocks)


def _soup(body: bytes, _: str) -> str:
    soup = BeautifulSoup(body, "html.parser")
    for element in soup(["script", "style", "noscript"]):
        element.decompose()
    return soup.get_text(" ")


def _pages(data: Path) -> Iterator[tuple[bytes, str, str]]:
    with zipfile.ZipFile(data / "articles.zip") as archive:
        for key, page in json.loads(archive.read("ground-truth.json")).items():
            yield gzip.decompress(archive.read(f"html/{key}.html.gz")), page["url"], page["articleBody"]


def _match(truth: str, found: str) -> tuple[float, float, float]:
    """Shares of the shingles: in both, only found, only true."""
    one, other = _shingles(truth), _shingles(found)
    counts = (one & other).total(), (other - one).total(), (one - other).total()
    return tuple(count / sum(counts) for count in counts)  # pyright: ignore[reportReturnType]


def _shingles(text: str) -> Counter[tuple[str, ...]]:
    words = _TOKEN.findall(text)
    return Counter(tuple(words[at : at + 4]) for at in range(max(1, len(words) - 3)))


def _share(same: float, missed: float, off: float) -> float:
    return 1.0 if off == 0 else same / (same + missed)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA)
    for name, scores in measure(parser.parse_args().data):
        print(f"{name:26} F1 {scores.f1:.4f}  P {scores.precision:.4f}  R {scores.recall:.4f}", end="  ")
        print(f"{scores.milliseconds:.1f} ms a page")


if __name__ == "__main__":
    main()
