"""Times, numbers and sizes as an owner reads them. Pure; the templates' filters.

Times are shown in the business's time zone as "yesterday 18:40", the exact one on hover.
"""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo

from markupsafe import Markup

# Where a language's readers expect the thousands' mark; a full table of locales would be a dependency.
POINTS = {"da", "de", "es", "id", "it", "nl", "pt", "tr"}
SPACES = {"cs", "fi", "fr", "no", "nb", "pl", "ru", "sv", "uk"}


def when(moment: datetime | None, now: datetime, zone_name: str = "UTC") -> Markup:
    """A <time> element; an empty one for None."""
    if moment is None:
        return Markup("")
    zone = ZoneInfo(zone_name)
    local, today = moment.astimezone(zone), now.astimezone(zone)
    exact = f"{local:%A} {local.day} {local:%B %Y}, {local:%H:%M} ({zone_name})"
    return Markup('<time datetime="{}" title="{}">{}</time>').format(
        moment.astimezone(UTC).isoformat(timespec="seconds"), exact, spoken(local, today)
    )


def spoken(local: datetime, today: datetime) -> str:
    """ "just now", "today 18:40", "yesterday 18:40", "Friday 18:40", "3 March", "3 March 2025"."""
    seconds = (today - local).total_seconds()
    days = (today.date() - local.date()).days
    if 0 <= seconds < 60:
        return "just now"
    if 0 <= seconds < 3600:
        minutes = int(seconds // 60)
        return f"{minutes} minute{'s' if minutes > 1 else ''} ago"
    clock = f"{local:%H:%M}"
    if days == 0:
        return f"today {clock}"
    if days == 1:
        return f"yesterday {clock}"
    if days == -1:
        return f"tomorrow {clock}"
    if 1 < days < 7:
        return f"{local:%A} {clock}"
    return f"{local.day} {local:%B}" if local.year == today.year else f"{local.day} {local:%B %Y}"


def number(value: int, language: str = "en") -> str:
    mark = "." if language in POINTS else "\N{NO-BREAK SPACE}" if language in SPACES else ","
    return f"{value:,}".replace(",", mark)


def size(count: int) -> str:
    if count < 1000:
        return f"{count} bytes"
    if count < 1_000_000:
        return f"{count / 1000:.0f} kB"
    return f"{count / 1_000_000:.1f} MB"


def plural(count: int, one: str, many: str | None = None) -> str:
    """ "1 page", "2 pages"."""
    return f"{number(count)} {one if count == 1 else many or one + 's'}"


def duration(seconds: float) -> str:
    """How long still, as one would say it."""
    if seconds < 10:
        return "a few seconds"
    if seconds < 90:
        return f"about {round(seconds / 10) * 10} seconds"
    return f"about {round(seconds / 60)} minutes"


def laid_out(text: str) -> str:
    """A quoted table row without its bars: "Rye | £5.20" is read "Rye · £5.20". What is stored keeps them."""
    rows = (" · ".join(cell.strip() or "–" for cell in row.split(" | ")) for row in text.split("\n"))
    return "\n".join(rows) if " | " in text else text


def place(url: str) -> str:
    """An address as short as it can be read: the path, for a file its name."""
    if url.startswith("file:"):
        return unquote(url[5:])
    if url.startswith(("faq:", "fact:")):
        return "said by you"
    parts = urlsplit(url)
    path = unquote(parts.path) + (f"?{parts.query}" if parts.query else "")
    return parts.netloc if path in {"", "/"} else path


def host(url: str) -> str:
    return urlsplit(url).netloc or url


def phone(number: str) -> str:
    """ "+442079460958" as one reads it out: "+44 20 7946 0958". What is no such number stays as typed."""
    import phonenumbers  # 0.1 s of tables: with the first number, not at the start

    try:
        return phonenumbers.format_number(phonenumbers.parse(number), phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    except phonenumbers.NumberParseException:
        return number
