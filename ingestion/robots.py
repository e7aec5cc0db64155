"""robots.txt as RFC 9309 says. Text in, a `Robots` out that answers for one agent. Called by directions.py."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from ingestion.rules import Pattern, one_encoding

MAX_BYTES = 512_000  # the standard's 500 KiB; what follows is not read (2.5)
_LINE = re.compile(r"^\s*([A-Za-z-]+)\s*:\s*(.*?)\s*$")
_MARKUP = re.compile(rb"^(?:\xef\xbb\xbf)?\s*<")


@dataclass(frozen=True, slots=True)
class Rule:
    allows: bool
    pattern: Pattern


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
        path = one_encoding(target or "/")
        best: tuple[int, bool] | None = None
        for rule in self.rules:
            weight = (len(rule.pattern.spelled), rule.allows)
            if (best is None or weight > best) and rule.pattern.matches(path):
                best = weight
        return best is None or best[1]


@dataclass(slots=True)
class _Group:
    agents: set[str] = field(default_factory=set[str])
    rules: list[Rule] = field(default_factory=list[Rule])
    delay: float | None = None


def parse_robots(body: bytes, agent: str = "milo") -> Robots:
    """All groups that name the agent are merged; without one, all groups for `*` (2.2.1). A web page has no rules."""
    if _MARKUP.match(body[:200]):
        return Robots()
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
                groups[-1].rules.append(Rule(key == "allow", Pattern.of(value)))
        elif key == "crawl-delay":
            in_agents = False
            if groups and re.fullmatch(r"\d{1,4}(?:\.\d+)?", value):
                groups[-1].delay = float(value)
    ours = [group for group in groups if agent in group.agents] or [group for group in groups if "*" in group.agents]
    delays = [group.delay for group in ours if group.delay is not None]
    return Robots(
        rules=tuple(dict.fromkeys(rule for group in ours for rule in group.rules)),
        sitemaps=tuple(dict.fromkeys(sitemaps)),
        crawl_delay=max(delays) if delays else None,
    )
