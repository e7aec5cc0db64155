"""Which addresses of other hosts may be asked: one parser of URLs and one table of denied networks.

Pure: opens nothing and resolves nothing. `app/outbound.py` calls it for every hop, on the address as
parsed here and on every answer of the resolver. `ipaddress.is_global` is wrong for 28 addresses that
must be refused and changes between patch releases, hence the table.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import quote, urlsplit

import idna

MAX_URL = 2048

# IANA special-purpose registries (2025-10), multicast, what clouds keep for themselves, and for
# version 6 all that is not global unicast: a new special range is denied before anyone lists it.
DENIED: tuple[IPv4Network | IPv6Network, ...] = tuple(
    ip_network(cidr)
    for cidr in (
        "0.0.0.0/8",  # this host
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # shared address space, with 100.100.100.200 (cloud metadata)
        "127.0.0.0/8",  # loopback
        "168.63.129.16/32",  # Azure WireServer, a public address
        "169.254.0.0/16",  # link local, cloud metadata
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # IETF protocols
        "192.0.2.0/24",  # documentation
        "192.31.196.0/24",  # AS112
        "192.52.193.0/24",  # AMT
        "192.88.99.0/24",  # 6to4 relay
        "192.168.0.0/16",  # private
        "192.175.48.0/24",  # AS112
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, broadcast
        "::/3",  # unspecified, loopback, mapped, compatible, NAT64, discard-only, dummy
        "2001::/23",  # IETF protocols, Teredo, ORCHID, benchmarks
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4
        "2620:4f:8000::/48",  # AS112
        "3fff::/20",  # documentation
        "4000::/2",  # not global unicast: segment routing (5f00::/16)
        "8000::/1",  # not global unicast: unique local, link local, site local, multicast
    )
)
_LOCAL_NAMES = ("localhost", "local", "internal", "localdomain", "home.arpa")
_LABEL = re.compile(r"^(?!-)[a-z0-9_-]{1,63}(?<!-)$")
_NUMBER = re.compile(r"^(?:0x[0-9a-f]*|[0-9]+)$")
_UNSAFE = re.compile(r"[\x00-\x20\x7f-\x9f\\]")


class BadAddress(ValueError):
    """The URL cannot be asked. The message is a short reason for the ledger's detail."""


@dataclass(frozen=True, slots=True)
class WebAddress:
    """A URL taken apart once; requests are built from these parts and from nothing else."""

    scheme: str
    host: str  # lower case, punycode, without brackets
    port: int
    target: str  # path and query, percent-encoded

    @property
    def netloc(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        default = {"http": 80, "https": 443}[self.scheme]
        return host if self.port == default else f"{host}:{self.port}"

    @property
    def endpoint(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"

    @property
    def url(self) -> str:
        return f"{self.scheme}://{self.netloc}{self.target}"


def parse_address(url: str) -> WebAddress:
    """Raises BadAddress for other schemes, user names, odd hosts or ports. Keeps no fragment."""
    if len(url) > MAX_URL:
        raise BadAddress("address longer than 2048 characters")
    if _UNSAFE.search(url):
        raise BadAddress("address with spaces, controls or backslashes")
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise BadAddress("not a web address") from error
    if parts.scheme not in ("http", "https"):
        raise BadAddress("not http or https")
    authority = parts.netloc
    if not authority or "@" in authority or "%" in authority:
        raise BadAddress("no plain host name")
    host, port = _split_authority(authority)
    path = _without_dots(quote(parts.path, safe="/%:@!$&'()*+,;=~-._")) or "/"
    query = quote(parts.query, safe="/%:@!$&'()*+,;=~-._?[]")
    target = f"{path}?{query}" if query or "?" in url.split("#", 1)[0] else path
    default = {"http": 80, "https": 443}[parts.scheme]
    return WebAddress(parts.scheme, _host(host), default if port is None else port, target)


def denied(address: IPv4Address | IPv6Address) -> bool:
    """Whether no request may go there. An IPv6 scope id is denied as well: it names an interface."""
    if isinstance(address, IPv6Address) and address.scope_id is not None:
        return True
    return any(address in network for network in DENIED)


def literal(host: str) -> IPv4Address | IPv6Address | None:
    """The address a host already is, or None for a name."""
    try:
        return ip_address(host)
    except ValueError:
        return None


def is_local_name(host: str) -> bool:
    """Names that belong to this machine or network, whatever a resolver says of them."""
    return "." not in host or any(host == name or host.endswith("." + name) for name in _LOCAL_NAMES)


def _without_dots(path: str) -> str:
    """As browsers do before they ask (RFC 3986 5.2.4, and %2e): what a rule says of a path holds for the request."""
    if "/." not in path and "/%2" not in path:
        return path
    kept: list[str] = []
    plain = ""
    for segment in path.split("/")[1:]:
        plain = segment.lower().replace("%2e", ".")
        if plain == "..":
            del kept[-1:]
        elif plain != ".":
            kept.append(segment)
    if plain in (".", ".."):
        kept.append("")
    return "/" + "/".join(kept)


def _split_authority(authority: str) -> tuple[str, int | None]:
    if authority.startswith("["):
        host, bracket, rest = authority[1:].partition("]")
        if not bracket or (rest and not rest.startswith(":")):
            raise BadAddress("no plain host name")
        port_text = rest[1:]
        if ":" not in host:
            raise BadAddress("no plain host name")
    else:
        host, _, port_text = authority.partition(":")
        if ":" in port_text:
            raise BadAddress("no plain host name")
    if not port_text:
        return host, None
    if not (port_text.isascii() and port_text.isdigit()) or len(port_text) > 5 or not 1 <= int(port_text) <= 65535:
        raise BadAddress("no such port")
    return host, int(port_text)


def _host(host: str) -> str:
    if ":" in host:
        try:
            return str(IPv6Address(host))
        except ValueError as error:
            raise BadAddress("not an address") from error
    name = host.lower()
    if not name.isascii():
        try:
            name = idna.encode(host, uts46=True).decode()
        except (idna.IDNAError, UnicodeError) as error:
            raise BadAddress("not a host name") from error
    name = name[:-1] if name.endswith(".") else name
    labels = name.split(".")
    if not name or len(name) > 253 or not all(_LABEL.match(label) for label in labels):
        raise BadAddress("not a host name")
    return _ipv4(labels) if _NUMBER.match(labels[-1]) else name


def _ipv4(labels: list[str]) -> str:
    """Any spelling that browsers and the C library take for an IPv4 address, as its canonical form."""
    numbers: list[int] = []
    for label in labels:
        if not _NUMBER.match(label):
            raise BadAddress("not an address")
        try:
            if label.startswith("0x"):
                numbers.append(int(label[2:] or "0", 16))
            else:
                numbers.append(int(label, 8) if len(label) > 1 and label.startswith("0") else int(label))
        except ValueError as error:
            raise BadAddress("not an address") from error
    if len(numbers) > 4 or any(number > 255 for number in numbers[:-1]) or numbers[-1] >= 256 ** (5 - len(numbers)):
        raise BadAddress("not an address")
    value = numbers[-1] + sum(number << (8 * (3 - index)) for index, number in enumerate(numbers[:-1]))
    return str(IPv4Address(value))
