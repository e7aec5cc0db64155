"""Our own small sites (tests/eval/sites) as a visitor's browser would get them, read by the shipped pipeline.

A folder is a site: pages in short Markdown, `_footer.md`, `site.json` and questions with their evidence. Pages are
set as such businesses set theirs: menus, footers, tables, price lists whose label and price are two elements, folded
answers. Used by run_quotes.py and by fit_quotes.py.
"""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from html import escape
from pathlib import Path
from typing import Any

from app.businesses.create import create_business
from app.businesses.model import NewBusiness
from app.db.pool import Database
from app.outbound import OutboundFetcher
from app.providers.minilm import MiniLmEmbedder, MiniLmTokenizer
from app.security import KeyRing
from app.settings import Settings
from app.vault.keys import Vault
from retrieval.model import Knowledge
from tests.integration.ingestion.shop import ACTOR, InProcess, Shop
from tests.integration.ingestion.site import serving

SITES = Path(__file__).with_name("sites")


@dataclass(frozen=True)
class OwnSite:
    slug: str
    name: str
    language: str
    pages: dict[str, str]  # path → HTML
    questions: list[dict[str, Any]]


def own_sites() -> list[OwnSite]:
    return [_site(folder) for folder in sorted(SITES.iterdir()) if (folder / "site.json").exists()]


@asynccontextmanager
async def read_by_us(
    site: OwnSite, database: Database, settings: Settings, embedder: MiniLmEmbedder
) -> AsyncIterator[Knowledge]:
    """The site as a business's published text."""
    with serving() as served:
        for path, html in site.pages.items():
            served.pages[path] = (200, "text/html; charset=utf-8", html.encode())
        vault = Vault(KeyRing(settings.secret_keys))
        new = NewBusiness(site.name, site.slug, language=site.language)
        created = await create_business(database, vault, new, actor=ACTOR)
        door = OutboundFetcher(replace(settings, crawl_private_hosts=frozenset({served.base.removeprefix("http://")})))
        try:
            parts: dict[str, Any] = {"embedder": embedder, "tokenizer": MiniLmTokenizer()}
            shop = Shop(database, door, created.business_id, InProcess(), **parts)
            outcome = await shop.read(served.base)
            live = await shop.live()
            assert live is not None, f"{site.slug} was not read: {outcome}"
            yield Knowledge(created.business_id, site.name, live, site.language, model=embedder.model)
        finally:
            await door.close()


def _site(folder: Path) -> OwnSite:
    told = json.loads((folder / "site.json").read_text(encoding="utf-8"))
    lines = (folder / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    texts = {path.stem: path.read_text(encoding="utf-8").strip() for path in sorted(folder.glob("[!_]*.md"))}
    footer = folder / "_footer.md"
    last = {text.rsplit("\n\n", 1)[-1] for text in texts.values()}
    if footer.exists():
        below = footer.read_text(encoding="utf-8").strip()
    elif len(last) == 1:
        below = last.pop()
        texts = {stem: text.rsplit("\n\n", 1)[0] for stem, text in texts.items()}
    else:
        below = ""
    titles = {stem: text.split("\n", 1)[0].lstrip("# ") for stem, text in texts.items()}
    home = next((stem for stem in texts if stem in HOMES), next(iter(texts)))
    paths = {stem: "/" if stem == home else f"/{stem}" for stem in texts}
    menu = "".join(f'<li><a href="{paths[stem]}">{escape(titles[stem])}</a></li>' for stem in texts)
    pages = {
        paths[stem]: _PAGE.format(
            language=told["language"],
            title=escape(titles[stem]),
            name=escape(told["name"]),
            menu=menu,
            body="\n".join(_elements(text)),
            footer="".join(f"<p>{escape(line)}</p>" for line in below.split("\n") if line),
        )
        for stem, text in texts.items()
    }
    return OwnSite(folder.name, told["name"], told["language"], pages, [json.loads(line) for line in lines if line])


HOMES = ("index", "home", "start", "forside", "accueil", "boutique")
_PAGE = """<!doctype html><html lang="{language}"><head><title>{title} – {name}</title></head><body>
<header><a href="/">{name}</a><nav><ul>{menu}</ul></nav></header><main>{body}</main>
<footer>{footer}</footer></body></html>"""


def _elements(text: str) -> Iterator[str]:
    for block in re.split(r"\n\s*\n|\n(?=#)", text):
        lines = block.strip().split("\n")
        while lines:
            taken, html = _element(lines)
            yield html
            del lines[:taken]


def _element(lines: list[str]) -> tuple[int, str]:
    """How many lines were taken, and what they are on a page."""
    first = lines[0]
    if heading := re.match(r"(#+) (.*)", first):
        level = len(heading.group(1))
        return 1, f"<h{level}>{_inline(heading.group(2))}</h{level}>"
    if first.startswith("? "):
        return len(
            lines
        ), f"<details><summary>{_inline(first[2:])}</summary><p>{_inline(' '.join(lines[1:]))}</p></details>"
    for fits, wrap in _RUNS:
        taken = next((at for at, line in enumerate(lines) if not fits(line)), len(lines))
        if taken:
            return taken, wrap(lines[:taken])
    taken = next((at for at, line in enumerate(lines) if at and any(fits(line) for fits, _ in _RUNS)), len(lines))
    return taken, f"<p>{'<br>'.join(_inline(line) for line in lines[:taken])}</p>"


def _table(lines: list[str]) -> str:
    rows = [[_inline(cell.strip()) for cell in line.strip("| ").split("|")] for line in lines]
    if len(rows) > 1 and set(lines[1]) <= set("|- "):
        head, rows = rows[0], rows[2:]
    else:
        head = []
    top = f"<thead><tr>{''.join(f'<th>{cell}</th>' for cell in head)}</tr></thead>" if head else ""
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table>{top}<tbody>{body}</tbody></table>"


def _list(lines: list[str]) -> str:
    return f"<ul>{''.join(f'<li>{_inline(line[2:])}</li>' for line in lines)}</ul>"


def _price_list(lines: list[str]) -> str:
    pairs = (line.split(" :: ", 1) for line in lines)
    cells = (f"<div><div>{_inline(label)}</div><div>{_inline(value)}</div></div>" for label, value in pairs)
    return f"<div class=list>{''.join(cells)}</div>"


_RUNS = (
    (lambda line: line.startswith("- "), _list),
    (lambda line: " :: " in line, _price_list),
    (lambda line: " | " in line or line.startswith("|"), _table),
)


def _inline(text: str) -> str:
    return re.sub(r"\*\*(.+?)\*\*", r"<strong>\1</strong>", escape(text, quote=False))
