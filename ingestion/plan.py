"""What a crawl is asked to do, and what it may ask of what is stored. Made by collect.py and preview.py."""

from __future__ import annotations

from dataclasses import dataclass, field

from ingestion.judge import Recall, recall_nothing
from ingestion.ports import Renderer
from ingestion.visit import Known, KnownPage

FOREIGN_DELAY = 1.0
MAX_REQUESTS = 500
MAX_SECONDS = 15 * 60.0
PREVIEW_REQUESTS = 20
PREVIEW_SECONDS = 3 * 60.0  # somebody waits for it, and a site that drips holds a worker's slot


@dataclass(frozen=True, slots=True)
class CrawlPlan:
    """`owned`: hosts (without www.) that this business proved. `only`: asks these addresses and follows no link.

    `preview`: looks at a few pages and tells of all others what would become of them. `closed`: makings of
    addresses that the last crawl saw through (traps.py).
    """

    start: str
    max_pages: int = 500
    max_depth: int = 10
    max_requests: int = MAX_REQUESTS
    max_seconds: float = MAX_SECONDS
    delay: float = FOREIGN_DELAY  # between requests to a host that nobody proved to own
    backoff: float = 2.0  # the first pause after an answer that says "too many requests"
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    ignore_robots: bool = False  # in force only where the host is owned
    owned: frozenset[str] = frozenset()
    only: tuple[str, ...] | None = None
    preview: bool = False
    closed: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Stores:
    """What a crawl may ask of what is stored, and the browser where there is one."""

    known: Known = field(default_factory=dict[str, KnownPage])
    recall: Recall = recall_nothing
    renderer: Renderer | None = None
