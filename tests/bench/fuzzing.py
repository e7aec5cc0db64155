"""Copies of good files with flipped bytes, cut ends and doubled parts, read in children: D9 of the hostile list.

    .venv/bin/python -m tests.bench.fuzzing [--copies 2000] [--seed 1]

Used small by tests/unit/ingestion/test_fuzz.py and large by `make bench`. The same seed makes the same copies.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import time
from collections import Counter
from dataclasses import dataclass, field

from ingestion.extract.child import ChildExtractor
from tests.unit.ingestion import documents
from tests.unit.ingestion.pdf_pages import drawn, form, picture_page, table

HTML = (
    "<!doctype html><html lang=de><head><meta charset=utf-8><title>Hafenmuseum</title></head><body><nav>"
    "<a href=/a>A</a></nav><main><h1>Öffnungszeiten</h1><table><tr><th>Tag<th>Zeit<tr><td>Montag<td>10–12"
    "</table><ul><li>eins<li>zwei"
    "</ul><p style='display:none'>versteckt</p><p>Wir freuen uns &auml; &#x1F600; auf Sie.</p></main></body></html>"
)


def seeds() -> list[tuple[str, bytes]]:
    """Media type and bytes of files that read well."""
    rows = [["Course", "Day", "Price"], ["Swimming", "Friday", "8 EUR"], ["Pilates", "Tuesday", "10 EUR"]]
    pdfs = [
        documents.pdf(["The boat leaves at nine.", "Adults pay 12 EUR."], ["Second page"], title="Boat trips"),
        drawn(table(rows, ruled=True)),
        drawn(form),
        drawn(picture_page, table(rows), pageCompression=0),
        documents.encrypted(documents.pdf(["Open to all."]), ""),
    ]
    pages = [HTML.encode(), HTML.encode("utf-16"), HTML.replace("utf-8", "windows-1252").encode("cp1252", "replace")]
    return [("application/pdf", body) for body in pdfs] + [("text/html", body) for body in pages]


def damaged(body: bytes, rng: random.Random) -> bytes:
    """One to three of the harms that disks, networks and attackers do."""
    made = bytearray(body)
    for _ in range(rng.randint(1, 3)):
        harm = rng.randrange(6)
        if harm == 0 or not made:
            for _ in range(rng.randint(1, 40)):
                if made:
                    made[rng.randrange(len(made))] ^= 1 << rng.randrange(8)
        elif harm == 1:
            del made[rng.randrange(len(made)) :]
        elif harm == 2:
            at = rng.randrange(len(made))
            del made[at : at + rng.randint(1, 200)]
        elif harm == 3:
            at = rng.randrange(len(made))
            made[at:at] = made[at : at + rng.randint(1, 500)] * rng.randint(1, 5)
        elif harm == 4:
            at = rng.randrange(len(made))
            made[at : at + 8] = rng.randbytes(8)
        else:
            # A number where it hurts: lengths, offsets, counts, sizes.
            places = [place for place, sign in enumerate(made) if 48 <= sign <= 57]
            if places:
                at = rng.choice(places)
                made[at : at + 1] = rng.choice((b"-1", b"0", b"99999999999", b"4294967296", b"1e99"))
    return bytes(made)


@dataclass(slots=True)
class Outcome:
    read: int = 0
    slowest: float = 0.0
    reasons: Counter[str] = field(default_factory=Counter[str])
    wrong: list[str] = field(default_factory=list[str])


async def fuzz(copies: int, seed: int, *, children: int = 2) -> Outcome:
    """Raises nothing for any copy; `wrong` holds those that said nothing or took longer than their time."""
    outcome, good = Outcome(), seeds()
    turn = asyncio.Semaphore(children)

    async def one(number: int) -> None:
        rng = random.Random(seed * 1_000_003 + number)
        media_type, body = good[number % len(good)]
        async with turn:
            copy = damaged(body, rng)
            begun = time.monotonic()
            found = await extractor.extract(copy, url=f"file:{number}", media_type=media_type)
            took = time.monotonic() - begun
        outcome.read += 1
        outcome.slowest = max(outcome.slowest, took)
        outcome.reasons[str(found.reason or "read")] += 1
        if not found.blocks and found.reason is None:
            outcome.wrong.append(f"{number}: nothing read and nothing said")
        if took > 25:
            outcome.wrong.append(f"{number}: {took:.0f} s")

    async with ChildExtractor(children=children) as extractor:
        await asyncio.gather(*(one(number) for number in range(copies)))
    return outcome


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--copies", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    begun = time.monotonic()
    outcome = asyncio.run(fuzz(options.copies, options.seed))
    print(f"{outcome.read} copies in {time.monotonic() - begun:.0f} s, the slowest {outcome.slowest:.1f} s")
    print(", ".join(f"{reason} {count}" for reason, count in outcome.reasons.most_common()))
    print("\n".join(outcome.wrong) or "none fell silent, none hung")


if __name__ == "__main__":
    main()
