"""Pages named in a sentence: "page 3", "pages 1, 4-7". Used by pdf.py in the child and by ocr.py in the parent."""

from __future__ import annotations

from collections.abc import Sequence

_SHOWN = 20


def count_pages(count: int) -> str:
    return "1 page" if count == 1 else f"{count} pages"


def name_pages(numbers: Sequence[int]) -> str:
    """`numbers` in order."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    shown = [str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs]
    more = f" and {len(shown) - _SHOWN} more" if len(shown) > _SHOWN else ""
    return f"{'page' if len(numbers) == 1 else 'pages'} {', '.join(shown[:_SHOWN])}{more}"


def name_scans(scans: Sequence[int], count: int) -> str:
    """All of `count` pages, or which of them."""
    return count_pages(count) if len(scans) == count else f"{name_pages(scans)} of {count}"
