"""One plain sentence for the owner for each `Reason`: what happened, and what to do about it.

Shown by the ledger in the dashboard, by `milo ingest` and as the reason of a run that failed.
"""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from ingestion.model import Reason

_SENTENCES: dict[Reason, str] = {
    Reason.ROBOTS_DISALLOWED: (
        "The site's robots.txt does not allow reading {what}. Allow it there for Milo, or upload the text as a file."
    ),
    Reason.ROBOTS_UNREACHABLE: (
        "The site's robots.txt could not be read ({detail}), so Milo stayed away from the site. Make {host}/robots.txt"
        " answer, even with “not found”, and try again."
    ),
    Reason.OUT_OF_SCOPE: (
        "{what} belongs to another site and was left out. Add that site as a source of its own if visitors should"
        " hear of it."
    ),
    Reason.PAGE_LIMIT: (
        "{what} was left out because a limit was reached ({detail}). Raise the limit of this source to read more."
    ),
    Reason.DEPTH_LIMIT: (
        "{what} lies deeper in the site than this source may go ({detail} steps). Link it from a page higher up,"
        " or raise the depth."
    ),
    Reason.DUPLICATE: "{what} says the same as a page that was read ({detail}).",
    Reason.NOT_TEXT: "{what} is no page, document or text ({detail}), so there is nothing to read in it.",
    Reason.NOINDEX: (
        "{what} asks not to be indexed (robots: noindex). Take that mark off the page if Milo should read it."
    ),
    Reason.EMPTY: "There is no text in {what}. If it is a scan, upload a version with real text.",
    Reason.SCRIPT_SHELL: (
        "{what} is built by JavaScript and is empty without it. Let your site send its text as HTML (server-side"
        " rendering), or upload the text as a file."
    ),
    Reason.TOO_LARGE: "{what} is larger than the limit of {detail}. Split it, or upload a smaller version.",
    Reason.ENCRYPTED: (
        "{what} is protected by a password. Upload it again with its password, or save it without one. Milo uses a"
        " password once and does not keep it."
    ),
    Reason.BROKEN: (
        "{what} is damaged and could not be read ({detail}). Open it on your computer, save it anew and upload it"
        " again."
    ),
    Reason.PARSE_TIMEOUT: (
        "Reading {what} took too long and was stopped ({detail}). Save it in a simpler form, or split it."
    ),
    Reason.PARSE_LIMIT: (
        "Only a part of {what} could be read safely ({detail}). Split it, or save it in a simpler form."
    ),
    # Also said of names that lead into a private network: nobody shall learn from it which names do.
    Reason.NO_SUCH_HOST: (
        "There is no website at {host} that can be reached from the internet. Check the spelling of the address."
    ),
    Reason.REFUSED_ADDRESS: (
        "{host} is an address inside a private network or a port that Milo does not open. Give the site's public"
        " address."
    ),
    Reason.CONNECT_FAILED: "{host} did not accept a connection. Check that the site is up and open to the internet.",
    Reason.TLS_FAILED: (
        "There is no safe connection to {host} ({detail}). Ask whoever hosts the site to put that right."
    ),
    Reason.TIMEOUT: "{host} did not answer in time. Try again later; if it stays slow, ask whoever hosts the site.",
    Reason.TOO_MANY_REDIRECTS: "{what} keeps redirecting. Give the address at which the site finally arrives.",
    Reason.BAD_RESPONSE: (
        "The answer of {host} was not a valid web page ({detail}). Ask whoever hosts the site to look at it."
    ),
    Reason.BAD_ADDRESS: "{what} is not a web address that Milo can open. It should look like https://www.example.com.",
    Reason.FORBIDDEN: (
        "{host} refused to let Milo read {what}. Ask whoever hosts the site to allow the visitor “Milo”."
    ),
    Reason.CHALLENGE: (
        "{host} asks visitors to prove that they are people, which Milo does not do. Allow the visitor “Milo”"
        " in the site's protection, or upload the text as files."
    ),
    Reason.NOT_FOUND: "There is no page at {what} ({detail}). Correct the link that leads there, or the address.",
    Reason.GONE: "{what} was taken down for good ({detail}). Remove the links that lead there.",
    Reason.RATE_LIMITED: "{host} asked Milo to stay away ({detail}). It is tried again with the next reading.",
    Reason.SERVER_ERROR: "{host} had a fault of its own ({detail}). Try again later.",
    Reason.EXCLUDED: "{what} is left out by the rules you set for this source ({detail}).",
    Reason.WOULD_BE_READ: "{what} would be read.",
    Reason.ROBOTS_OVERRIDDEN: (
        "The site's robots.txt closes {what} to others. It was read because you proved that the site is yours and asked"
        " for it."
    ),
    Reason.RENDERED: "{what} is empty without JavaScript, so it was opened in a browser and read there.",
    Reason.SOFT_NOT_FOUND: (
        "{what} says that there is no such page, so it was left out ({detail}). Remove the links that lead there."
    ),
    Reason.SITEMAP_CUT: (
        "Not all of the sitemap {what} could be used ({detail}). Pages that others link to are found all the same."
    ),
    Reason.TRAP: (
        "{what} is one of very many addresses of the same kind ({detail}), such as the days of a calendar or the orders"
        " of a list, and was left out so that the real pages come first."
    ),
    Reason.PARSE_INCOMPLETE: (
        "More stands in {what} than could be read ({detail}). A page that was known wholly before still answers so."
    ),
    Reason.UNSUPPORTED: "{what} is of a kind that Milo does not read ({detail}). Save it as PDF or DOCX and use that.",
    Reason.SCANNED: (
        "{what} holds pictures of text and no text ({detail}). Upload a version with real text, or have text"
        " recognition (OCR) installed where Milo runs."
    ),
    Reason.OWN_SERVICE: "{what} is an address of Milo itself. Give the address of your own site.",
    Reason.HTTP_ERROR: "{host} answered {what} with an error ({detail}). Open it in a browser to see what is wrong.",
}
_EMPTY_PAGE = (
    "There is no text in {what}. If visitors see some there, it stands inside of pictures: write it as text as well."
)
INTERRUPTED = "The reading was interrupted and is begun anew."
STOPPED = (
    "The reading stopped on a fault of Milo's own. What was known before still answers; it is tried again tomorrow."
)
# Also the mark of a generation that the owner went back from (ingestion/rollback/queries.py).
ROLLED_BACK = "You went back from this version. It waits until you publish it, or until the pages say something new."
# Also the mark of a reading that the owner discarded.
DISCARDED = "You discarded what was read here."
FACTS_LEFT_OUT = (
    "So many stand in one document or on all pages together that the rest was left out: prices first. Search and"
    " answers still know every page."
)
NOTHING_READ = "Not one page of {site} could be read."
NOTHING_IN_FILES = "Not one of the files could be read."
NO_FILES = "There are no files to read. Upload some first."


def sentence_for(reason: Reason, url: str, detail: str | None = None) -> str:
    """`url` is the address or `file:NAME` that it is about."""
    if reason is Reason.DUPLICATE and detail and detail.startswith("redirects to "):
        return f"{_what(url)} only leads on to {detail.removeprefix('redirects to ')}."
    if reason is Reason.SCANNED and detail and detail.startswith("page"):
        return (
            f"{_what(url)} was read, but {detail} hold pictures of text that could not be. Upload a version with real"
            " text, or have text recognition (OCR) installed where Milo runs."
        )
    if reason is Reason.ENCRYPTED and not _what(url).partition("?")[0].lower().endswith(".pdf"):
        return f"{_what(url)} is protected by a password. Save it without one and upload it again."
    if reason is Reason.BROKEN and detail is not None and " " not in detail:
        detail = None  # the name of an error is nothing for an owner
    if reason is Reason.BAD_ADDRESS and detail and detail.startswith("leads on: "):
        why = detail.removeprefix("leads on: ")
        return f"{_what(url)} leads to something that Milo cannot open ({why}). Correct the redirect on your site."
    empty_page = reason is Reason.EMPTY and (detail == "HTML" or (detail == "0 bytes" and not url.startswith("file")))
    template = _EMPTY_PAGE if empty_page else _SENTENCES[reason]
    sentence = template.format(what=_what(url), host=_host(url), detail=detail or "\0")
    return sentence.replace(" (\0)", "").replace(" of \0", "").replace("\0", "")


def nothing_read(url: str, reason: Reason | None, detail: str | None = None) -> str:
    """For a run without a single page: what it means, and the cause where there is one."""
    if url.startswith("file"):
        return f"{NOTHING_IN_FILES} {sentence_for(reason, url, detail)}" if reason else NOTHING_IN_FILES
    opening = NOTHING_READ.format(site=_host(url))
    if reason is None:
        return f"{opening} Look at the list of addresses for what became of each."
    return f"{opening} {sentence_for(reason, url, detail)}"


def pages_would_go(lost: int, before: int) -> str:
    return (
        f"{lost} of {before} pages are gone from the site, so nothing was changed and the former pages still answer."
        " Look at what would go; if the site really shrank, publish this reading."
    )


def facts_would_change(sentences: Sequence[str]) -> str:
    """`sentences`: "Saturday 10-16 is now 10-14 on /contact"."""
    told = "; ".join(sentences[:3])
    more = f" and {len(sentences) - 3} more" if len(sentences) > 3 else ""
    return (
        f"The site says otherwise than you confirmed: {told}{more}. Visitors still get what you confirmed."
        " If the site is right, publish this reading: what you confirmed then follows it."
    )


def _what(url: str) -> str:
    return url.removeprefix("file:") if url.startswith("file:") else url


def _host(url: str) -> str:
    return urlsplit(url).netloc or _what(url)
