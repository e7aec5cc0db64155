"""robots.txt as RFC 9309 says. Text in, a `Robots` out that answers for one agent. Called by crawl.py."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import quote, unquote_to_bytes

MAX_BYTES = 512_000
_LINE = re.compile(r"^\s*([A-Za-z-]+)\s*:\s*(.*?)\s*$")


@dataclass(frozen=True, slots=True)
class Rule:
    allows: bool
    pattern: str  # as written, percent-encoding made one

    def matches(self, path: str) -> bool:
        """`*` is any run of signs, `$` the end. Part after part, so that no pattern takes long."""
        ends = self.pattern.endswith("$")
        first, *rest = (self.pattern[:-1] if ends else self.pattern).split("*")
        if not path.startswith(first):
            return False
        at = len(first)
        if not rest:
            return at == len(path) or not ends
        for part in rest[:-1]:
            found = path.find(part, at)
            if found < 0:
                return False
            at = found + len(part)
        if ends:
            return path.endswith(rest[-1]) and len(path) - len(rest[-1]) >= at
        return path.find(rest[-1], at) >= 0


@dataclass(frozen=True, slots=True)
class Robots:
    """`sitemaps` are the addresses the file names; `crawl_delay` in seconds where it asks for one."""

    rules: tuple[Rule, ...] = ()
    sitemaps: tuple[str, ...] = ()
    crawl_delay: float | None = None
    closed: bool = False  # the file could not be had: nothing may be asked (2.3.1.4)

    def allows(self, target: str) -> bool:
        """`target`: path and query. The longest rule decides, and allow wins a tie (2.2.2)."""
        if self.closed:
            return False
        path = _one_encoding(target or "/")
        best: Rule | None = None
        for rule in self.rules:
            if rule.matches(path) and (
                best is None or (len(rule.pattern), rule.allows) > (len(best.pattern), best.allows)
            ):
                best = rule
        return best is None or best.allows


@dataclass(slots=True)
class _Group:
    agents: set[str] = field(default_factory=set[str])
    rules: list[Rule] = field(default_factory=list[Rule])
    delay: float | None = None


def parse_robots(body: bytes, agent: str = "milo") -> Robots:
    """All groups that name the agent are merged; without one, all groups for `*` (2.2.1)."""
    groups: list[_Group] = []
    sitemaps: list[str] = []
    in_agents = False
    for line in body[:MAX_BYTES].decode("utf-8-sig", errors="replace").splitlines():
        match = _LINE.match(line.split("#", 1)[0])
        if match is None:
            continue
        key, value = match.group(1).lower(), match.group(2)
        if key == "sitemap":
            sitemaps.append(value)
        elif key == "user-agent":
            if not in_agents:
                groups.append(_Group())
            groups[-1].agents.add(value.split("/")[0].strip().lower())
            in_agents = True
        elif key in ("allow", "disallow"):
            in_agents = False
            if groups and value:
                groups[-1].rules.append(Rule(key == "allow", _one_encoding(value)))
        elif key == "crawl-delay":
            in_agents = False
            if groups and re.fullmatch(r"\d{1,4}(?:\.\d+)?", value):
                groups[-1].delay = float(value)
    ours = [group for group in groups if agent in group.agents] or [group for group in groups if "*" in group.agents]
    delays = [group.delay for group in ours if group.delay is not None]
    return Robots(
        rules=tuple(rule for group in ours for rule in group.rules),
        sitemaps=tuple(dict.fromkeys(sitemaps)),
        crawl_delay=max(delays) if delays else None,
    )


def _one_encoding(text: str) -> str:
    """Rules and addresses are compared with the same signs percent-encoded (2.2.2)."""
    return quote(unquote_to_bytes(text.encode("utf-8", errors="replace")), safe="/?&=*$:@!'()+,;~-._[]")
