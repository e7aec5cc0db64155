"""The link that opens a page at its quote."""

from __future__ import annotations

from retrieval.fragment import link_to

PAGE = "https://shop.example/prices"


def test_a_short_quote_is_found_whole() -> None:
    assert link_to(PAGE, "Adults pay 4 €") == f"{PAGE}#:~:text=Adults%20pay%204%20%E2%82%AC"


def test_hyphen_and_comma_lose_their_meaning() -> None:
    assert link_to(PAGE, "Mo-Fr, 9-17") == f"{PAGE}#:~:text=Mo%2DFr%2C%209%2D17"


def test_a_long_quote_is_named_by_its_two_ends() -> None:
    words = " ".join(f"w{number}" for number in range(30))
    assert link_to(PAGE, words) == f"{PAGE}#:~:text=w0%20w1%20w2%20w3%20w4%20w5,w24%20w25%20w26%20w27%20w28%20w29"


def test_cells_of_a_row_are_two_ends() -> None:
    assert link_to(PAGE, "Adults | 4 € | 3 €") == f"{PAGE}#:~:text=Adults,3%20%E2%82%AC"


def test_a_place_in_the_page_stays() -> None:
    assert link_to(f"{PAGE}#menu", "Soup") == f"{PAGE}#menu:~:text=Soup"


def test_a_pdf_opens_at_its_page() -> None:
    assert link_to("https://shop.example/a.PDF", "Soup", 3) == "https://shop.example/a.PDF#page=3"


def test_a_file_without_address_has_no_link() -> None:
    assert link_to("file:menu.pdf", "Soup", 1) is None
    assert link_to("javascript:alert(1)", "Soup") is None
