"""What a page declares for machines: kept where it tells something, bounded, and never text of the page."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ingestion.extract.html import extract_html
from ingestion.model import ExtractedDocument, StructuredItem


def read(body: str) -> ExtractedDocument:
    return extract_html(f"<title>T</title><p>Hello there</p>{body}".encode(), "http://a.example/", "utf-8")


def declared(*scripts: str) -> tuple[StructuredItem, ...]:
    return read("".join(f'<script type="application/ld+json">{script}</script>' for script in scripts)).structured


RESTAURANT = (
    '{"@context":"https://schema.org","@type":"Restaurant","name":"Linde &amp; Co","telephone":"+49 1",'
    '"image":"x.jpg","servesCuisine":["German","Thai"],"openingHoursSpecification":[{"@type":"OpeningHoursSpecification",'
    '"dayOfWeek":["https://schema.org/Monday","Tuesday"],"opens":"09:00","closes":"18:00"}],'
    '"address":{"@type":"PostalAddress","streetAddress":"Lane 1"},"aggregateRating":{"@type":"AggregateRating",'
    '"ratingValue":4.5}}'
)


def test_a_business_keeps_what_it_says_of_itself():
    (item,) = declared(RESTAURANT)
    assert (item.origin, item.types) == ("json_ld", ("Restaurant",))
    assert item.properties["name"] == ["Linde & Co"]
    assert item.properties["servesCuisine"] == ["German", "Thai"]
    (hours,) = item.properties["openingHoursSpecification"]
    assert hours == {
        "types": ["OpeningHoursSpecification"],
        "properties": {"dayOfWeek": ["Monday", "Tuesday"], "opens": ["09:00"], "closes": ["18:00"]},
    }
    assert item.properties["aggregateRating"][0]["properties"]["ratingValue"] == ["4.5"]
    assert "image" not in item.properties
    json.dumps(item.properties)


@pytest.mark.parametrize(
    "script",
    [
        f"<!-- {RESTAURANT} -->",
        f"//<![CDATA[\n{RESTAURANT}\n//]]>",
        f"/* <![CDATA[ */ {RESTAURANT} /* ]]> */",
        RESTAURANT.replace('"+49 1",', '"+49 1",\n').replace('"18:00"}]', '"18:00",},]'),
        RESTAURANT + ";",
        "// the shop\n" + RESTAURANT,
        '{"@context":"https://schema.org","@graph":[{"@type":"WebSite","name":"x"},' + RESTAURANT + "]}",
        "[" + RESTAURANT + "]",
        RESTAURANT.replace("Linde &amp; Co", "Linde\n&amp; Co"),
    ],
)
def test_scripts_as_pages_have_them_are_read(script: str):
    assert [item.types for item in declared(script)] == [("Restaurant",)]


def test_several_scripts_nested_owners_and_references_are_followed():
    items = declared(
        '{"@type":"Article","headline":"x","publisher":{"@id":"#us"}}',
        '{"@graph":[{"@type":"WebPage","mainEntity":{"@type":"FAQPage","mainEntity":[{"@type":"Question","name":"Open?",'
        '"acceptedAnswer":{"@type":"Answer","text":"<p>Yes, <b>daily</b>.</p>"}}]}},'
        '{"@type":"Organization","@id":"#us","name":"Us","location":{"@id":"#here"}},'
        '{"@type":"Place","@id":"#here","name":"Here","owner":{"@id":"#us"}}]}',
        "not json at all",
    )
    assert [item.types[0] for item in items] == ["FAQPage", "Organization", "Place"]
    question = items[0].properties["mainEntity"][0]["properties"]
    assert question["acceptedAnswer"][0]["properties"]["text"] == ["Yes, daily ."]
    assert items[1].properties["location"][0]["properties"]["name"] == ["Here"]


def test_declared_questions_are_no_text_of_the_page():
    found = read(
        '<script type="application/ld+json">{"@type":"FAQPage","mainEntity":[{"@type":"Question","name":"Secret?",'
        '"acceptedAnswer":{"@type":"Answer","text":"Unseen"}}]}</script>'
    )
    assert [block.text for block in found.blocks] == ["Hello there"]
    assert found.structured[0].types == ("FAQPage",)


def test_microdata_is_read_with_references_and_values_of_attributes():
    (item,) = read(
        "<div itemscope itemtype='https://schema.org/Bakery' itemref=more><h2 itemprop=name>Bob's</h2>"
        "<meta itemprop=priceRange content='€€'><a itemprop=telephone href='tel:+441'>call</a>"
        "<div itemprop=address itemscope itemtype='https://schema.org/PostalAddress'><span itemprop=streetAddress>"
        "Lane 1</span></div><time itemprop=openingHours datetime='Mo-Fr 08:00-18:00'>weekdays</time></div>"
        "<p id=more>Mail <span itemprop=email>a@b.example</span></p>"
    ).structured
    assert (item.origin, item.types) == ("microdata", ("Bakery",))
    assert item.properties["name"] == ["Bob's"]
    assert item.properties["priceRange"] == ["€€"]
    assert item.properties["telephone"] == ["tel:+441"]
    assert item.properties["openingHours"] == ["Mo-Fr 08:00-18:00"]
    assert item.properties["email"] == ["a@b.example"]
    assert item.properties["address"][0]["properties"] == {"streetAddress": ["Lane 1"]}


def test_invisible_signs_are_taken_out_of_what_is_declared():
    (item,) = declared('{"@type":"Place","name":"A\\u202eb\\u200b\\udb40\\udc41 c\\u0000"}')
    assert item.properties["name"] == ["Ab c"]


def size(value: Any) -> int:
    return len(json.dumps(value))


@pytest.mark.parametrize(
    "body",
    [
        '<script type="application/ld+json">{"@type":"Restaurant","name":"%s"}</script>' * 5_000,
        '<script type="application/ld+json">[' + '{"@type":"Offer","price":"%d"},' * 5_000 + "{}]</script>",
        '<script type="application/ld+json">{"@type":"Menu","hasMenuItem":['
        + ",".join('{"@type":"MenuItem","name":"' + "x" * 900 + f'{n}"}}' for n in range(400))
        + "]}</script>",
    ],
)
def test_what_a_hostile_page_declares_is_bounded_and_the_rest_is_told(body: str):
    number = iter(range(10**6))
    numbered = "".join(
        part + (str(next(number)) if "%" in part else "") for part in body.replace("%d", "%s").split("%s")
    )
    items = read(numbered if "%" in body else body).structured
    assert sum(size([item.types, item.properties]) for item in items) < 250_000
    assert len(items) <= 81


@pytest.mark.parametrize(
    "script",
    [
        '{"a":' * 100_000 + "1" + "}" * 100_000,
        "[" * 100_000,
        '{"@type":"Offer",' + ", " * 100_000 + "}",
        '{"@type":"Place","x":' + '{"@type":"Place","x":' * 900 + "1" + "}" * 901,
        '{"@type":"Place","number":' + "9" * 10_000 + "}",
    ],
)
def test_deep_or_broken_scripts_cost_nothing_but_themselves(script: str):
    found = read(f'<script type="application/ld+json">{script}</script>')
    assert found.reason is None
    assert found.blocks[0].text == "Hello there"


def test_a_cut_is_told():
    items = declared(json.dumps([{"@type": "Offer", "price": str(n)} for n in range(300)]))
    assert items[-1].types == ("LeftOut",)
    assert items[-1].properties["count"] == ["220"]
    (long,) = declared(json.dumps({"@type": "Place", "description": "word " * 2000}))
    assert long.properties["description"][0].endswith("…")
