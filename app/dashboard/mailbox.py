"""Whether the built-in mailbox may be shown to this request. It holds sign-in links: mind who asks.

Only in embedded mode, only without a mail setting, only to this very machine: the peer is loopback, no
proxy stands between, and the Host is ours (a foreign name pointed at 127.0.0.1 would let any page read
it). Our own crawler is turned away too: an owner may not read others' links through it.
"""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

from app.dashboard.admission import AnyRequest, own_origins
from app.settings import Settings


def mailbox_open(request: AnyRequest, settings: Settings) -> bool:
    if not settings.embedded or settings.mail_url is not None:
        return False
    forwarded = {"forwarded", "x-forwarded-for", "x-real-ip", "via"} & set(request.headers.keys())
    return bool(
        not forwarded
        and _is_loopback(request.client.host if request.client else "")
        and request.headers.get("host", "").lower() in {urlsplit(origin).netloc for origin in own_origins(settings)}
        and not request.headers.get("user-agent", "").lower().startswith("milo/")
    )


def _is_loopback(peer: str) -> bool:
    try:
        return ip_address(peer).is_loopback
    except ValueError:  # a unix socket: no peer address, so a proxy of some kind
        return False
