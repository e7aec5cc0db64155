"""Small pages of invented businesses, as search would return them."""

from __future__ import annotations

from retrieval.model import Passage


def passage(text: str, *, title: str = "", path: tuple[str, ...] = (), number: int = 0, score: float = 1.0) -> Passage:
    return Passage(
        chunk_no=number,
        url=f"https://shop.example/{number}",
        title=title,
        heading_path=path,
        text=text,
        tokens=len(text.split()) * 2,
        score=score,
        dense=0.6 * score,
        words=5.0 * score,
        grams=9.0 * score,
    )


HOURS = passage(
    "Opening hours\nMonday to Friday | 10:00 - 16:00\nSaturday | 10:00 - 14:00\nSunday | closed",
    title="Opening hours",
    number=1,
)
PRICES = passage(
    "Admission\nAdults 5 €\nChildren 3 €\nSeason ticket 1.000,50 €\n"
    "Call us at +45 33 12 34 56 or write to desk@shop.example.",
    title="Prices",
    number=2,
    score=0.9,
)
HOUSE = passage(
    "The house was built in 1912 by the brewer Otto Lund. Dogs are welcome in the garden, but not in the rooms.\n"
    "Our address is Mill Street 4, 2100 Copenhagen.\nThe owner is Karen Blix.",
    title="About the house",
    number=3,
    score=0.8,
)
