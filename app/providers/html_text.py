"""The text of a mail that came as HTML only, its quoted part marked as mail programs mark it in plain text. Pure."""

from __future__ import annotations

from html.parser import HTMLParser

_BREAKS = {"br", "p", "div", "li", "tr", "h1", "h2", "h3", "blockquote", "ul", "ol", "table"}
_HIDDEN = {"style", "script", "head", "title"}


def text_of_html(html: str) -> str:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    lines = "".join(reader.parts).split("\n")
    return "\n".join(" ".join(line.split(" ")).strip() for line in lines).strip()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._hidden = 0
        self._quoted = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _HIDDEN:
            self._hidden += 1
        if tag in _BREAKS:
            self._break()
        if tag == "blockquote":
            self._quoted += 1
            self._break()

    def handle_endtag(self, tag: str) -> None:
        if tag in _HIDDEN:
            self._hidden = max(0, self._hidden - 1)
        if tag == "blockquote":
            self._quoted = max(0, self._quoted - 1)
        if tag in _BREAKS - {"br"}:
            self._break()

    def handle_data(self, data: str) -> None:
        if not self._hidden and data.strip():
            if not self.parts or self.parts[-1].endswith("\n"):
                self.parts.append("> " * self._quoted)
                data = data.lstrip()
            self.parts.append(" ".join(data.split("\n")))

    def _break(self) -> None:
        if self.parts and not self.parts[-1].endswith("\n"):
            self.parts.append("\n")
