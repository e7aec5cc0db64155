"""What Scrapy does with the same site: follows its links, takes title, links and text. Run by crawling.py."""

from __future__ import annotations

from typing import Any, ClassVar

import scrapy  # pyright: ignore[reportMissingImports] - stands in an environment of its own


class Pages(scrapy.Spider):
    name = "pages"
    custom_settings: ClassVar[dict[str, Any]] = {
        "CONCURRENT_REQUESTS_PER_DOMAIN": 8,
        "DOWNLOAD_DELAY": 0,
        "AUTOTHROTTLE_ENABLED": False,
        "ROBOTSTXT_OBEY": True,
        "LOG_LEVEL": "ERROR",
        "TELNETCONSOLE_ENABLED": False,
    }

    def __init__(self, start: str, **rest: Any):
        super().__init__(**rest)
        self.start_urls = [start]

    def parse(self, response: Any) -> Any:
        links = response.css("a::attr(href)").getall()
        text = " ".join(part.strip() for part in response.css("body ::text").getall() if part.strip())
        yield {"url": response.url, "title": response.css("title::text").get(), "links": links, "text": text}
        yield from response.follow_all(links)

    def closed(self, _reason: str) -> None:
        stats = self.crawler.stats
        assert stats is not None
        print(stats.get_value("item_scraped_count"), (stats.get_value("start_time")).timestamp(), flush=True)
