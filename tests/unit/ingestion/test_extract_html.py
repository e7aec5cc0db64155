"""HTML as a visitor reads it: what is shown is there, in order and in its form; what is hidden is not."""

from __future__ import annotations

import pytest

from ingestion.extract.html import extract_html
from ingestion.model import BlockKind, ExtractedDocument, Reason
from ingestion.sentences import sentence_for

H, P, L, R = BlockKind.HEADING, BlockKind.PARAGRAPH, BlockKind.LIST_ITEM, BlockKind.TABLE_ROW


def read(body: str, *, head: str = "<title>T</title>", charset: str | None = None) -> ExtractedDocument:
    page = f"<!doctype html><html lang=en-GB><head>{head}</head><body>{body}</body></html>"
    return extract_html(page.encode(), "http://a.example/dir/page", charset)


def lines(body: str) -> list[str]:
    return [block.text for block in read(body).blocks]


def test_headings_paragraphs_lists_keep_their_kind_and_order():
    found = read("<h1>Shop</h1><p>We sell <b>tea</b>\n and cups.</p><ul><li>Green</li><li>Black <p>loose</p></li></ul>")
    assert [(block.kind, block.level, block.text) for block in found.blocks] == [
        (H, 1, "Shop"),
        (P, 0, "We sell tea and cups."),
        (L, 0, "Green"),
        (L, 0, "Black"),
        (L, 0, "loose"),
    ]
    assert found.language == "en"
    assert found.words == 9


def test_a_table_becomes_rows_that_know_their_column_names():
    found = read(
        "<table><caption>Hours</caption><thead><tr><th>Day<th>Open</thead>"
        "<tr><td rowspan=2>Monday<td>10-12<tr><td>14-16<tr><td>Sunday<td></table>"
    )
    assert [(block.text, block.header) for block in found.blocks] == [
        ("Hours", None),
        ("Day | Open", None),
        ("Monday | 10-12", "Day | Open"),
        ("Monday | 14-16", "Day | Open"),
        ("Sunday", "Day | Open"),
    ]


def test_a_table_that_only_arranges_the_page_is_read_like_its_parts():
    found = read(
        "<table><tr><td><table><tr><td><a href=/a>Menu</a></table><td><h2>Welcome</h2><p>To us.</p>"
        "<table><tr><td>Adult<td>5 EUR<tr><td>Child<td>3 EUR</table></table>"
    )
    assert [(block.kind, block.text) for block in found.blocks] == [
        (P, "Menu"),
        (H, "Welcome"),
        (P, "To us."),
        (R, "Adult | 5 EUR"),
        (R, "Child | 3 EUR"),
    ]


def test_lines_beside_lines_in_one_row_are_rows():
    assert lines("<table><tr><td>Mon<br>Tue</td><td>8-12<br>8-17</td></tr></table>") == ["Mon | 8-12", "Tue | 8-17"]
    assert lines("<table><tr><td>Mon<br>Tue</td><td>8-12</td></tr><tr><td>Wed<td>9</table>") == [
        "Mon Tue | 8-12",
        "Wed | 9",
    ]


def test_terms_labels_details_and_pictures_are_read():
    assert lines("<dl><dt>Phone<dd>12 34<dt>About<dd><p>Long.</p><p>Longer.</p></dl>") == [
        "Phone | 12 34",
        "About",
        "Long.",
        "Longer.",
    ]
    assert lines("<details><summary>Do you deliver?</summary><p>Yes.</p></details>") == ["Do you deliver?", "Yes."]
    assert lines("<label>Your name <input></label><select><option>Red<option>Blue</select>") == ["Your name Red, Blue"]
    assert lines("<p>Us: <img alt='The team in the garden' src=x.jpg><img alt='IMG_1234.jpg'><img alt=''></p>") == [
        "Us: The team in the garden"
    ]


def test_a_label_beside_its_figure_is_one_row():
    assert lines("<div><div><p>Adults:</p><p>3.50</p></div><div><p>Children:</p><p>2.00</p></div></div>") == [
        "Adults: | 3.50",
        "Children: | 2.00",
    ]


def test_breaks_end_lines_but_not_sentences():
    assert lines("<p>Mon 10-12<br>Tue 10-14</p>") == ["Mon 10-12", "Tue 10-14"]
    assert lines("<p>This sentence was broken by hand<br>in its middle.</p>") == [
        "This sentence was broken by hand in its middle."
    ]
    assert lines("<p>Möbel aus Eiche und<br>Fichte</p>") == ["Möbel aus Eiche und Fichte"]


def test_controls_side_by_side_do_not_grow_together():
    assert lines("<nav><a>Home</a><a>About</a></nav>") == ["Home About"]
    assert lines("<p>H<sub>2</sub>O and <span>W</span><span>o</span><span>w</span></p>") == ["H2O and Wow"]


def test_bold_lines_are_headings_only_where_a_page_has_none():
    plain = read("<h1>X</h1><p><b>Hours</b></p><p>Mon 10-12</p><p><b>Prices</b></p><p>Free</p>")
    assert [block.kind for block in plain.blocks] == [H, H, P, H, P]
    titled = read("<h2>X</h2><p><b>Hours</b></p><p>Mon 10-12</p>")
    assert [block.kind for block in titled.blocks] == [H, P, P]


@pytest.mark.parametrize(
    "hidden",
    [
        "<p hidden>secret</p>",
        "<p style='display: none'>secret</p>",
        "<p style='visibility:hidden'>secret</p>",
        "<p style='font-size:0'>secret</p>",
        "<p style='opacity:0'>secret</p>",
        "<p style='position:absolute; left:-9999px'>secret</p>",
        "<p style='color:#fff;background-color:#fff'>secret</p>",
        "<p style='height:0;overflow:hidden'>secret</p>",
        "<p style='text-indent:-9999px'>secret</p>",
        "<p class='sr-only'>secret</p>",
        "<style>.gone{color:red;display:none}</style><p class='gone'>secret</p>",
        "<!-- secret -->",
        "<script>secret</script>",
        "<style>secret</style>",
        "<noscript>secret</noscript>",
        "<template><p>secret</p></template>",
        "<svg><text>secret</text></svg>",
        "<textarea>secret</textarea>",
        "<div aria-label=secret data-x=secret title=secret></div>",
        "<p>\U000e0073\U000e0065\U000e0063</p>",
    ],
)
def test_hidden_text_is_never_read(hidden: str):
    found = read(f"<p>Open daily from ten to five.</p>{hidden}<p>Closed on Mondays.</p>")
    assert [block.text for block in found.blocks] == ["Open daily from ten to five.", "Closed on Mondays."]


@pytest.mark.parametrize(
    "opened",
    [
        "<a href='#more'>More</a><div id=more style='display:none'><p>Inside.</p></div>",
        "<button aria-controls=p1>More</button><div id=p1 hidden><p>Inside.</p></div>",
        "<button>More</button><div class='accordion-panel' style='display:none'><p>Inside.</p></div>",
        "<p>More</p><div style='opacity:0; transition: opacity 1s'><p>Inside.</p></div>",
        "<style>@media print { .no { display: none } }</style><p>More</p><div class=no><p>Inside.</p></div>",
    ],
)
def test_what_a_click_or_a_script_shows_is_read(opened: str):
    assert lines(opened)[-1] == "Inside."


def test_a_page_hidden_as_a_whole_until_its_script_ran_is_read():
    text = " ".join(f"Word{number} about the shop." for number in range(60))
    assert len(lines(f"<div id=page style='display:none'><p>{text}</p></div>")) == 1


def test_invisible_signs_are_taken_out_and_counted():
    found = read("<p>10\u200b00 \u202e321\u202c so\u00adap \ufeffend fi: \ufb01ne</p>")
    assert found.blocks[0].text == "1000 321 soap end fi: fine"
    assert found.removed == 5


@pytest.mark.parametrize(
    ("body", "charset"),
    [
        ("<meta charset=iso-8859-1><p>Café – 5 €".encode("cp1252"), None),
        ("<p>Café – 5 €".encode("cp1252"), "ISO-8859-1"),
        ("<p>Café – 5 €".encode("cp1252"), None),
        ("<p>Café – 5 €".encode(), None),
        ("<meta charset=iso-8859-1><p>Café – 5 €".encode(), "latin-1"),
        ("<p>Café – 5 €".encode("utf-16"), None),
        ("<p>Café – 5 €".encode("utf-8-sig"), "us-ascii"),
        (b"<p>Caf\xc3\xa9 \x96 5 \xe2\x82\xac", "utf-8"),
        ("<meta charset=nonsense><p>Café – 5 €".encode("cp1252"), "x-unknown"),
    ],
    ids=["meta", "header", "none", "utf8", "wrong", "utf16", "bom", "mixed", "unknown"],
)
def test_character_sets_as_browsers_take_them(body: bytes, charset: str | None):
    assert extract_html(body, "http://a.example/", charset).blocks[0].text == "Café – 5 €"


def test_other_scripts_by_their_declared_sets():
    text = "営業時間は十時からです"
    page = b"<meta charset=Shift_JIS><p>" + text.encode("cp932")
    assert extract_html(page, "http://a.example/", None).blocks[0].text == text
    russian = "Часы работы"
    assert extract_html(russian.encode("cp1251"), "http://a.example/", "windows-1251").blocks[0].text == russian


def test_title_links_language_robots_and_canonical():
    found = read(
        "<a href='../x?a=1#top'>x</a><a href='mailto:a@b.example'>m</a><map><area href=/map></map>"
        "<iframe src=/frame></iframe><a href='javascript:1'>j</a><noscript><a href=/plain>p</a></noscript>",
        head="<title> Our \n shop </title><meta name=robots content='NOINDEX, nofollow'>"
        "<link rel=canonical href=/real><link rel=stylesheet href=/s.css>"
        "<meta http-equiv=refresh content='5; url=/moved'>",
    )
    assert found.title == "Our shop"
    assert found.noindex and found.nofollow
    assert found.canonical == "http://a.example/real"
    assert set(found.links) == {
        "http://a.example/x?a=1",
        "http://a.example/map",
        "http://a.example/frame",
        "http://a.example/plain",
        "http://a.example/real",
        "http://a.example/moved",
    }


def test_frames_lead_on():
    page = (
        b"<frameset><frame src=menu.htm><frame src='main.htm'><noframes><a href=all.htm>all</a></noframes></frameset>"
    )
    found = extract_html(page, "http://a.example/d/", None)
    assert set(found.links) == {f"http://a.example/d/{name}.htm" for name in ("menu", "main", "all")}


def test_the_base_element_moves_relative_links():
    assert read("<a href=x>x</a>", head="<base href='/other/'>").links == ("http://a.example/other/x",)


@pytest.mark.parametrize(
    "shell",
    [
        "<div id=root></div><script src=app.js></script>",
        "<div id='__next'><!-- empty --></div><script src=a.js></script><p>Loading</p>",
        "<app-root></app-root>",
        "<nav><a>Home</a></nav><div id=app><div>Loading…</div></div><footer>© 2024 X</footer><script></script>",
        "<noscript>You need to enable JavaScript to run this app.</noscript><div></div><script src=x></script>",
        "<script src=1></script><script src=2></script><script src=3></script><p>Please wait</p>",
    ],
)
def test_a_page_built_by_scripts_is_told_apart(shell: str):
    assert read(shell).reason is Reason.SCRIPT_SHELL


def test_a_short_page_with_scripts_is_no_shell():
    text = "<h1>Contact</h1><p>Call us on 12 34 56 or come by at Harbour Street 3, Monday to Friday from ten.</p>"
    assert read(text + "<script src=x></script>" * 9).reason is None


@pytest.mark.parametrize(
    "honest",
    [
        "<div id=app></div><p>Call us on 05187 12 34 56</p><script src=x></script>",
        "<div id=root><h1>Bakery</h1><p>Open from seven to six, closed on Mondays.</p></div><script src=x></script>",
        "<h1>Closed</h1><script src=x></script>",
    ],
)
def test_a_small_honest_page_is_no_shell(honest: str):
    assert read(honest).reason is None


@pytest.mark.parametrize("label", ["utf-7", "unicode_escape", "punycode", "hex", "idna"])
def test_what_no_browser_takes_for_a_character_set_is_not_used(label: str):
    page = f"<meta charset={label}><p>Caf\xe9 +ADw- \\u0041".encode("cp1252")
    assert extract_html(page, "http://a.example/", label).blocks[0].text == "Café +ADw- \\u0041"


def test_utf_16_without_a_mark_and_a_broken_sign_in_a_multi_byte_set_are_read():
    for codec in ("utf-16-le", "utf-16-be"):
        page = "<title>T</title><p>Opening hours</p>".encode(codec)
        assert extract_html(page, "http://a.example/", codec).blocks[0].text == "Opening hours"
    broken = b"<p>" + "営業時間は十時からです".encode("cp932") * 20 + b"\xff"
    assert "営業時間" in extract_html(broken, "http://a.example/", "Shift_JIS").blocks[0].text


def test_an_empty_page_says_so():
    empty = read("")
    assert empty.reason is Reason.EMPTY
    assert "scan" not in sentence_for(Reason.EMPTY, "http://a.example/", empty.detail)
    assert "scan" in sentence_for(Reason.EMPTY, "file:menu.pdf")


def test_deep_nesting_and_one_long_line_lose_nothing():
    deep = extract_html(b"<div>" * 5000 + b"deep inside" + b"</div>" * 5000, "http://a.example/", None)
    assert [block.text for block in deep.blocks] == ["deep inside"]
    tables = extract_html(b"<table><tr><td>" * 900 + b"deep inside", "http://a.example/", None)
    assert [block.text for block in tables.blocks] == ["deep inside"]
    long = extract_html(b"<p>" + b"word " * 200_000, "http://a.example/", None)
    assert long.words == 200_000


def test_the_second_engine_is_asked_when_the_first_finds_suspiciously_little(monkeypatch: pytest.MonkeyPatch):
    from ingestion.extract import html
    from ingestion.extract.tree import Element, Page

    text = "<p>" + "Opening hours and prices of the swimming pool. " * 40
    assert read(text).words > 300
    monkeypatch.setattr(html.lexbor, "parse", lambda _text: Page(body=Element("body", {})))
    assert read(text).words > 300, "beautifulsoup4 read it"

    def gives_up(_text: str) -> Page:
        raise RuntimeError("out of memory")

    monkeypatch.setattr(html.lexbor, "parse", gives_up)
    assert read(text).words > 300
    monkeypatch.setattr("ingestion.extract.soup.parse", gives_up)
    assert read(text).reason is Reason.BROKEN


def test_text_that_neither_engine_finds_is_reported(monkeypatch: pytest.MonkeyPatch):
    from ingestion.extract import html
    from ingestion.extract.tree import Element, Page

    empty = Page(body=Element("body", {}))
    monkeypatch.setattr(html.lexbor, "parse", lambda _text: empty)
    monkeypatch.setattr("ingestion.extract.soup.parse", lambda _text: empty)
    assert read("<p>" + "Opening hours and prices. " * 60).reason is Reason.PARSE_INCOMPLETE


@pytest.mark.parametrize("engine", ["lexbor", "soup"])
def test_both_engines_read_an_ordinary_page_alike(engine: str, monkeypatch: pytest.MonkeyPatch):
    from ingestion.extract import html, lexbor, soup

    monkeypatch.setattr(html.lexbor, "parse", {"lexbor": lexbor.parse, "soup": soup.parse}[engine])
    found = read(
        "<header><nav><ul><li><a href=/a>A thing</a><li><a href=/b>B thing</a></ul></nav></header><main><h1>Title</h1>"
        "<p>Text &amp; more</p>"
        "<table><tr><th>A</th><th>B</th></tr><tr><td>1</td><td>2</td></tr></table></main><footer>Tel. 1</footer>"
    )
    assert [block.text for block in found.blocks] == [
        "A thing",
        "B thing",
        "Title",
        "Text & more",
        "A | B",
        "1 | 2",
        "Tel. 1",
    ]
    assert found.links == ("http://a.example/a", "http://a.example/b")
