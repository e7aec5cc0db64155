"""Addresses as the crawl compares them: one spelling for each page, and which ones belong to the site.

Pure. `canonical` is what is stored, shown and asked; two spellings of one page meet there.
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from urllib.parse import quote, urlsplit, urlunsplit

from ingestion.extract.kinds import UNREAD_ENDINGS

_TRACKING = re.compile(
    r"^(?:utm_\w+|fbclid|gclid|gad_source|gbraid|wbraid|msclkid|dclid|yclid|mc_[ce]id|_ga|_gl|igshid|ref_src|hsctatracking|_hs\w+"
    r"|phpsessid|jsessionid|aspsessionid\w*|sessionid|session_id|zenid|oscsid|cfid|cftoken)$",
    re.I,
)
# These name a session only where their value looks like one: `sid=7` may be the seventh section.
_SESSION_KEYS = frozenset({"sid", "s", "ses", "sess", "session", "sessid", "xid", "token", "osid", "cid"})
_PATH_SESSION = re.compile(
    r";(?:jsessionid|phpsessid|sessionid|sid)=[^/?#;]*|/\((?:[A-Z]\([A-Za-z0-9_-]{8,}\)){1,3}\)(?=/|$)", re.I
)
_TOKEN = re.compile(
    r"(?<![A-Za-z0-9])(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?=[a-f]*\d)[0-9a-f]{16,}"
    r"|(?=[A-Za-z_]*\d)(?=[\d_]*[A-Za-z])[A-Za-z0-9_]{20,})(?![A-Za-z0-9])",
    re.I,
)
_KEPT_IN_PATH = "/:@!$&'()*+,;=~-._"
_KEPT_IN_QUERY = "/:@!$'()*+,;=~-._?&"
_ENCODED = re.compile(r"(%[0-9A-Fa-f]{2})")
# Endings that are never text for a reader, so that no request is spent on them.
_NOT_TEXT = frozenset(
    """
    7z aac ai apk atom avi avif bin bmp bz2 cab css dmg dwg eot eps exe flac flv gif gz ico ics iso jar jpeg jpg js
    json jsonld kml kmz m3u m3u8 m4a m4v map mid midi mjs mkv mov mp3 mp4 mpeg mpg msi ogg ogv otf pkg png ps psd
    rar rss svg swf tar tgz tif tiff ttf vcf wav webm webmanifest webp wma wmv woff woff2 xml xz zip
    """.split()
)


def canonical(url: str) -> str | None:
    """None for what is no http address. Case of host, default port, dot segments, session ids, fragment."""
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        return None
    host = (parts.hostname or "").rstrip(".")
    if parts.scheme not in ("http", "https") or not host:
        return None
    if ":" in host:
        host = f"[{host}]"
    elif not host.isascii():
        try:
            host = host.encode("idna").decode()
        except UnicodeError:
            return None
    netloc = host if port is None or port == {"http": 80, "https": 443}[parts.scheme] else f"{host}:{port}"
    path = _respelled(_PATH_SESSION.sub("", parts.path), _KEPT_IN_PATH)
    path = _without_dots(path) or "/"
    pairs = [pair for pair in parts.query.split("&") if pair and not _is_noise(pair)]
    query = _respelled("&".join(pairs), _KEPT_IN_QUERY)
    return urlunsplit((parts.scheme, netloc, path, query, ""))


def _is_noise(pair: str) -> bool:
    key, _, value = pair.partition("=")
    return bool(_TRACKING.match(key)) or (key.lower() in _SESSION_KEYS and is_token(value))


def is_token(text: str) -> bool:
    """Letters and figures that no person chose: a session, a hash, a UUID."""
    return _TOKEN.fullmatch(text) is not None


def without_tokens(segment: str) -> str:
    """`sess-~` for a part of a path that holds one."""
    return _TOKEN.sub("~", segment)


def _respelled(text: str, kept: str) -> str:
    """One percent-encoding for each sign: needless ones undone, needed ones in capitals."""
    out: list[str] = []
    for piece in _ENCODED.split(text):
        if not _ENCODED.fullmatch(piece):
            out.append(quote(piece, safe=kept))
            continue
        sign = chr(int(piece[1:], 16))
        out.append(sign if sign.isascii() and (sign.isalnum() or sign in "-._~") else piece.upper())
    return "".join(out)


def _without_dots(path: str) -> str:
    if "/." not in path:
        return path
    slash = path.endswith(("/", "/.", "/.."))
    clean = posixpath.normpath(path)
    clean = "/" + clean.lstrip("/")
    return clean + "/" if slash and clean != "/" else clean


@dataclass(frozen=True, slots=True)
class Scope:
    """One site: a host with and without `www.`, one port; addresses get the scheme and host of its start."""

    scheme: str
    netloc: str

    @classmethod
    def of(cls, url: str) -> Scope:
        parts = urlsplit(url)
        return cls(parts.scheme, parts.netloc)

    def home(self, url: str) -> str | None:
        """The address inside of this site, or None when it belongs to another one."""
        parts = urlsplit(url)
        if bare_host(parts.netloc) != bare_host(self.netloc):
            return None
        return urlunsplit((self.scheme, self.netloc, parts.path, parts.query, ""))

    @property
    def origin(self) -> str:
        return f"{self.scheme}://{self.netloc}"


def bare_host(netloc: str) -> str:
    """`host[:port]` without www.: what is proved, and what makes two addresses one site."""
    return netloc.removeprefix("www.")


def ending(url: str) -> str:
    """`pdf` for /a/b.PDF, empty where the last part of the path has no ending."""
    name = posixpath.basename(urlsplit(url).path)
    return name.rpartition(".")[2].lower() if "." in name else ""


def is_readable_ending(url: str) -> bool:
    return ending(url) not in _NOT_TEXT and ending(url) not in UNREAD_ENDINGS
