"""Serves the sample's few static pages under /sample/. The widget's key is put in as they are served.

Public, the same for everybody; nothing here reads a visitor. The pages' list is fixed: no path of the
request ever reaches the file system.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from litestar import MediaType, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, SkipValidation

from app.businesses.queries import find_by_slug, read_widget_key
from app.errors import NotFound
from app.sample.ensure import SAMPLE_SLUG
from app.services import Services

SITE = Path(__file__).parent / "site"
PAGES = {"", "menu", "visit", "orders", "about", "questions"}
FILES = {
    "style.css": "text/css",
    "loaf.svg": "image/svg+xml",
    "window.svg": "image/svg+xml",
    "catering-prices.pdf": "application/pdf",
}
# What a careful site would send; the widget is made to live under it.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; frame-src 'self';"
    " base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)


@get(["/sample", "/sample/{name:str}"])
async def sample_page(services: NamedDependency[SkipValidation[Services]], name: FromPath[str] = "") -> Response[bytes]:
    headers = {"Content-Security-Policy": POLICY, "Referrer-Policy": "same-origin", "Cache-Control": "no-cache"}
    if name in FILES:
        headers["Cache-Control"] = "public, max-age=3600"
        return Response(content(name), media_type=FILES[name], headers=headers)
    if name == "sitemap.xml":
        text = content(name).replace(b"SITE_URL", services.settings.public_url.encode())
        return Response(text, media_type="application/xml", headers=headers)
    if name not in PAGES:
        raise NotFound("The bakery has no such page.")
    async with services.database.directory_transaction() as conn:
        business_id = await find_by_slug(conn, SAMPLE_SLUG)
        key = await read_widget_key(conn, business_id) if business_id else None
    text = content(f"{name or 'index'}.html").replace(b"WIDGET_KEY", (key or "").encode())
    return Response(text, media_type=MediaType.HTML, headers=headers)


@cache
def content(name: str) -> bytes:
    return (SITE / name).read_bytes()


ROUTES = [sample_page]
