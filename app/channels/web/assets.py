"""The widget's files as they are served: read once, without comments, compressed once, named by their content.

Comes in: widget/ beside the packages. Goes out: bytes by name and a version, which is part of the address of
everything the frame loads, so that browsers may keep it for ever.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[3] / "widget"
LANGUAGES = ("en", "de", "fr", "da", "es", "it", "nl")
SCRIPTS = (
    "frame.js",
    "api.js",
    "bridge.js",
    "citations.js",
    "colour.js",
    "contact_form.js",
    "elements.js",
    "person.js",
    "rows.js",
    "stream.js",
    "transcript.js",
    "words.js",
)
TYPES = {".js": "text/javascript", ".css": "text/css"}
BLOCK_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
LINE_COMMENT = re.compile(r"^[ \t]*//.*\n", re.MULTILINE)
INDENT = re.compile(r"\n\s+")


@dataclass(frozen=True, slots=True)
class Asset:
    media_type: str
    plain: bytes
    gzipped: bytes
    etag: str


@dataclass(frozen=True, slots=True)
class Widget:
    version: str
    loader: Asset
    files: Mapping[str, Asset]  # what the frame and the demo page load, by name
    frame: str  # templates, with $names
    demo: str
    words: Mapping[str, Mapping[str, str]]
    questions: Mapping[str, tuple[str, ...]]  # what visitors of such a business often ask, by language


@cache
def widget() -> Widget:
    """Read at first use and kept: some 60 kB."""
    loader = _asset("loader.js")
    files = {name: _asset(name) for name in (*SCRIPTS, "frame.css", "demo.css")}
    spoken = {
        language: json.loads((FOLDER / "strings" / f"{language}.json").read_text(encoding="utf-8"))
        for language in LANGUAGES
    }
    questions = {language: tuple(words.pop("questions")) for language, words in spoken.items()}
    digest = hashlib.sha256(b"".join(asset.plain for asset in files.values()))
    return Widget(
        version=digest.hexdigest()[:12],
        loader=loader,
        files=files,
        frame=(FOLDER / "frame.html").read_text(encoding="utf-8"),
        demo=(FOLDER / "demo.html").read_text(encoding="utf-8"),
        words=spoken,
        questions=questions,
    )


def lean(source: str) -> str:
    """Without comments and indentation. Safe for our own files only: a test runs every result through a parser."""
    return INDENT.sub("\n", LINE_COMMENT.sub("", BLOCK_COMMENT.sub("", source))).strip() + "\n"


def _asset(name: str) -> Asset:
    plain = lean((FOLDER / name).read_text(encoding="utf-8")).encode()
    return Asset(
        media_type=TYPES[Path(name).suffix],
        plain=plain,
        gzipped=gzip.compress(plain, 9, mtime=0),
        etag=f'"{hashlib.sha256(plain).hexdigest()[:16]}"',
    )
