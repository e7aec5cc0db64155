"""The pages of the widget: the frame with the business's name, words and examples in it, and the demo page.

No script or style stands in the pages themselves; all that varies is escaped text and one JSON attribute.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping
from string import Template
from urllib.parse import urlsplit

from app.businesses.model import Business
from app.channels.web.assets import LANGUAGES, widget
from app.leads.check import international

ORIGIN = re.compile(r"https?://[A-Za-z0-9.\-\[\]:*]+")
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:;"
    " base-uri 'none'; form-action 'self'; frame-ancestors "
)
NO_DEVICES = "accelerometer=(), camera=(), geolocation=(), gyroscope=(), microphone=(), payment=(), usb=()"


def spoken_language(accept_language: str | None, business_language: str) -> str:
    """The visitor's first language that we speak, else the business's, else English."""
    wanted: list[tuple[float, str]] = []
    for part in (accept_language or "").split(","):
        name, _, quality = part.strip().partition(";q=")
        try:
            weight = float(quality) if quality else 1.0
        except ValueError:
            weight = 0.0
        if weight > 0:
            wanted.append((-weight, name[:2].lower()))
    for _, name in sorted(wanted, key=lambda entry: entry[0]):
        if name in LANGUAGES:
            return name
    return business_language if business_language in LANGUAGES else "en"


def frame_page(
    key: str, business: Business, language: str, examples: tuple[str, ...], *, trial: str | None = None, ask: str = ""
) -> str:
    words = widget().words[language]
    config = {
        "key": key,
        "name": business.name,
        "language": language,
        "accent": business.accent,
        "phone": phone_of(business),
        "origins": embedders(business),
        "words": words,
        "trial": trial,
        "ask": ask,
    }
    chips = "".join(
        f'<li><button type="button" class="example" dir="auto">{html.escape(question)}</button></li>'
        for question in examples
    )
    label = html.escape(words["examples_label"])
    return _filled(
        language,
        words,
        name=business.name,
        config=f'<meta name="milo-config" content="{html.escape(json.dumps(config, ensure_ascii=False))}">',
        examples=f'<ul class="examples" aria-label="{label}">{chips}</ul>' if chips else "",
    )


def gone_page(language: str) -> str:
    """For an unknown key: the same page without a business, whose script tells the loader to go away."""
    words = {**widget().words[language]}
    words["greeting"] = words["gone"]
    words["about"] = ""
    return _filled(language, words, name="", config="", examples="")


def _filled(language: str, words: Mapping[str, str], *, name: str, config: str, examples: str) -> str:
    files = widget()
    assets = f"/widget/{files.version}"
    preloads = "\n".join(
        f'<link rel="modulepreload" href="{assets}/{file}">'
        for file in files.files
        if file.endswith(".js") and file != "frame.js"
    )
    escaped = {slot: html.escape(phrase.replace("{name}", name)) for slot, phrase in words.items()}
    fixed = {
        "language": language,
        "title": html.escape(name or "Milo"),
        "name": html.escape(name),
        "assets": assets,
        "config": config,
        "preloads": preloads,
        "examples": examples,
    }
    return Template(files.frame).substitute({**escaped, **fixed})


def frame_policy(business: Business | None) -> str:
    """Who may embed the frame. Ourselves always: the demo page and the owner's trial."""
    listed = embedders(business) if business else []
    return POLICY + ("'self' " + " ".join(listed) if listed else "*")


def embedders(business: Business) -> list[str]:
    """The exact origins on the business's list; what is not one cannot get into a header."""
    return [origin for origin in business.allowed_origins if ORIGIN.fullmatch(origin)]


def phone_of(business: Business) -> str | None:
    contact = (business.controller_contact or "").strip()
    return contact if contact and international(contact, business.country) else None


def demo_page(business: Business, key: str) -> str:
    files = widget()
    site = urlsplit(business.website or "").netloc
    if ":" in site:  # a port is none that visitors type: the sample, a trial on this machine
        site = ""
    return Template(files.demo).substitute(
        language=html.escape(business.language),
        name=html.escape(business.name),
        site=html.escape(site or business.name),
        assets=f"/widget/{files.version}",
        key=html.escape(key),
        accent=f' data-accent="{html.escape(business.accent)}"' if business.accent else "",
    )


DEMO_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; frame-src 'self'; img-src 'self' data:;"
    " base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
