"""Who may open what: every route of the dashboard, asked by an owner, a member, a stranger and nobody.

The table is checked against the routes themselves: a new route without a row here fails.
"""

from __future__ import annotations

from uuid import uuid4

import pytest
from litestar import Litestar
from litestar.di import Provide
from litestar.routes import HTTPRoute

from app.dashboard.routes import PAGES
from tests.integration.dashboard.conftest import SLUG, Site

ANY = str(uuid4())
B = "/dashboard/{slug:str}"
SIGN_IN = "/sign-in"

# (method, route): what owner, member, stranger and nobody get. A number is a status, "in" any answer that
# shows the door was passed (the page may still say that this id is none), a path a redirect to it.
EXPECTED: dict[tuple[str, str], tuple[object, object, object, object]] = {
    ("GET", "/"): (200, 200, 200, 200),
    ("GET", "/sign-in"): (200, 200, 200, 200),
    ("POST", "/sign-in"): ("in", "in", "in", 403),  # nobody has no form's token here
    ("GET", "/sign-in/sent"): (200, 200, 200, 200),
    ("GET", "/sign-in/open"): (200, 200, 200, 200),
    ("POST", "/sign-in/open"): (410, 410, 410, 403),
    ("POST", "/sign-out"): (303, 303, 303, 401),
    ("POST", "/sign-out/everywhere"): (303, 303, 303, 401),
    ("GET", "/mailbox"): (404, 404, 404, 404),  # this client is no loopback peer
    ("GET", "/mailbox/{business_id:uuid}/{outbox_id:uuid}"): (404, 404, 404, 404),
    ("POST", "/mailbox/{business_id:uuid}/{outbox_id:uuid}/reply"): (404, 404, 404, 403),
    ("GET", "/dashboard"): (303, 303, 303, SIGN_IN),
    ("GET", "/dashboard/businesses"): (200, 200, 200, SIGN_IN),
    ("GET", "/dashboard/new"): (200, 200, 200, SIGN_IN),
    ("POST", "/dashboard/new"): (400, 400, 400, 401),
    ("GET", B): (303, 303, 404, SIGN_IN),
    ("GET", f"{B}/accent.css"): (200, 200, 404, SIGN_IN),
    ("GET", f"{B}/knowledge"): (200, 200, 404, SIGN_IN),
    ("POST", f"{B}/knowledge/sites"): (400, 400, 404, 401),
    ("POST", f"{B}/knowledge/files"): (400, 400, 404, 401),
    ("GET", f"{B}/knowledge/sources/{{source_id:uuid}}"): ("in", "in", 404, SIGN_IN),
    ("GET", f"{B}/knowledge/sources/{{source_id:uuid}}/progress"): ("in", "in", 404, SIGN_IN),
    ("GET", f"{B}/knowledge/sources/{{source_id:uuid}}/reading"): ("in", "in", 404, SIGN_IN),
    ("POST", f"{B}/knowledge/sources/{{source_id:uuid}}/update"): ("in", "in", 404, 401),
    ("GET", f"{B}/knowledge/sources/{{source_id:uuid}}/proof"): ("in", "in", 404, SIGN_IN),
    ("POST", f"{B}/knowledge/sources/{{source_id:uuid}}/proof/start"): ("in", "in", 404, 401),
    ("POST", f"{B}/knowledge/sources/{{source_id:uuid}}/proof/check"): ("in", "in", 404, 401),
    ("POST", f"{B}/knowledge/sources/{{source_id:uuid}}/again"): ("in", "in", 404, 401),
    ("POST", f"{B}/knowledge/sources/{{source_id:uuid}}/leave-out"): ("in", "in", 404, 401),
    ("POST", f"{B}/knowledge/sources/{{source_id:uuid}}/take-back"): ("in", "in", 404, 401),
    ("GET", f"{B}/knowledge/sources/{{source_id:uuid}}/settings"): ("in", "in", 404, SIGN_IN),
    ("POST", f"{B}/knowledge/sources/{{source_id:uuid}}/settings"): ("in", "in", 404, 401),
    ("POST", f"{B}/knowledge/sources/{{source_id:uuid}}/rules"): ("in", "in", 404, 401),
    ("POST", f"{B}/knowledge/sources/{{source_id:uuid}}/hook"): ("in", "in", 404, 401),
    ("POST", f"{B}/knowledge/sources/{{source_id:uuid}}/hook/revoke"): ("in", "in", 404, 401),
    ("POST", f"{B}/knowledge/preview"): (400, 400, 404, 401),
    ("GET", f"{B}/knowledge/preview/{{source_id:uuid}}"): ("in", "in", 404, SIGN_IN),
    ("GET", f"{B}/knowledge/preview/{{source_id:uuid}}/progress"): ("in", "in", 404, SIGN_IN),
    ("POST", f"{B}/knowledge/preview/{{source_id:uuid}}/accept"): ("in", "in", 404, 401),
    ("GET", f"{B}/knowledge/renewal"): (200, 200, 404, SIGN_IN),
    ("GET", f"{B}/knowledge/remove/{{target_id:uuid}}"): ("in", "in", 404, SIGN_IN),
    ("POST", f"{B}/knowledge/remove/{{target_id:uuid}}"): ("in", "in", 404, 401),
    ("POST", f"{B}/knowledge/held/{{generation:int}}/publish"): ("in", "in", 404, 401),
    ("POST", f"{B}/knowledge/held/{{generation:int}}/discard"): ("in", "in", 404, 401),
    ("POST", f"{B}/knowledge/back"): (409, 409, 404, 401),
    ("GET", f"{B}/knowledge/facts"): (200, 200, 404, SIGN_IN),
    ("POST", f"{B}/knowledge/facts"): (400, 400, 404, 401),
    ("GET", f"{B}/knowledge/facts/new"): (200, 200, 404, SIGN_IN),
    ("POST", f"{B}/knowledge/facts/confirm"): (400, 400, 404, 401),
    ("POST", f"{B}/knowledge/facts/reject"): (400, 400, 404, 401),
    ("POST", f"{B}/knowledge/facts/take-back"): ("in", "in", 404, 401),
    ("GET", f"{B}/knowledge/facts/change"): ("in", "in", 404, SIGN_IN),
    ("POST", f"{B}/knowledge/facts/change"): ("in", "in", 404, 401),
    ("GET", f"{B}/knowledge/owner/progress"): (200, 200, 404, SIGN_IN),
    ("GET", f"{B}/knowledge/questions"): (200, 200, 404, SIGN_IN),
    ("POST", f"{B}/knowledge/questions"): (400, 400, 404, 401),
    ("GET", f"{B}/knowledge/questions/{{faq_id:uuid}}"): ("in", "in", 404, SIGN_IN),
    ("POST", f"{B}/knowledge/questions/{{faq_id:uuid}}"): (400, 400, 404, 401),
    ("POST", f"{B}/knowledge/questions/{{faq_id:uuid}}/remove"): ("in", "in", 404, 401),
    ("GET", f"{B}/knowledge/checks"): (200, 200, 404, SIGN_IN),
    ("POST", f"{B}/knowledge/checks"): (400, 400, 404, 401),
    ("POST", f"{B}/knowledge/checks/ask"): (303, 303, 404, 401),
    ("GET", f"{B}/knowledge/checks/progress"): (200, 200, 404, SIGN_IN),
    ("GET", f"{B}/knowledge/checks/compare"): (200, 200, 404, SIGN_IN),
    ("GET", f"{B}/knowledge/checks/from/{{conversation_id:uuid}}/{{message_id:uuid}}"): ("in", "in", 404, SIGN_IN),
    ("GET", f"{B}/knowledge/checks/{{golden_id:uuid}}"): ("in", "in", 404, SIGN_IN),
    ("POST", f"{B}/knowledge/checks/{{golden_id:uuid}}"): (400, 400, 404, 401),
    ("POST", f"{B}/knowledge/checks/{{golden_id:uuid}}/pause"): ("in", "in", 404, 401),
    ("POST", f"{B}/knowledge/checks/{{golden_id:uuid}}/resume"): ("in", "in", 404, 401),
    ("POST", f"{B}/knowledge/checks/{{golden_id:uuid}}/remove"): ("in", "in", 404, 401),
    ("GET", f"{B}/knowledge/gaps"): (200, 200, 404, SIGN_IN),
    ("GET", f"{B}/knowledge/gaps/mail"): (200, 403, 404, SIGN_IN),
    ("POST", f"{B}/knowledge/gaps/mail"): (303, 403, 404, 401),
    ("GET", f"{B}/knowledge/gaps/{{gap_id:uuid}}"): ("in", "in", 404, SIGN_IN),
    ("POST", f"{B}/knowledge/gaps/{{gap_id:uuid}}/answer"): ("in", "in", 404, 401),
    ("POST", f"{B}/knowledge/gaps/{{gap_id:uuid}}/take-back"): ("in", "in", 404, 401),
    ("POST", f"{B}/knowledge/gaps/{{gap_id:uuid}}/dismiss"): ("in", "in", 404, 401),
    ("POST", f"{B}/knowledge/gaps/{{gap_id:uuid}}/reopen"): ("in", "in", 404, 401),
    ("POST", f"{B}/knowledge/gaps/{{gap_id:uuid}}/merge"): (400, 400, 404, 401),
    ("POST", f"{B}/knowledge/gaps/questions/{{question_id:uuid}}/split"): ("in", "in", 404, 401),
    ("GET", f"{B}/knowledge/pages"): (200, 200, 404, SIGN_IN),
    ("GET", f"{B}/knowledge/pages/{{document_id:uuid}}"): ("in", "in", 404, SIGN_IN),
    ("GET", f"{B}/try"): (200, 200, 404, SIGN_IN),
    ("GET", f"{B}/install"): (200, 200, 404, SIGN_IN),
    ("POST", f"{B}/install/origins"): (303, 403, 404, 401),
    ("GET", f"{B}/inbox"): (200, 200, 404, SIGN_IN),
    ("GET", f"{B}/inbox/{{conversation_id:uuid}}"): ("in", "in", 404, SIGN_IN),
    ("GET", f"{B}/inbox/{{conversation_id:uuid}}/live"): ("in", "in", 404, SIGN_IN),
    ("POST", f"{B}/inbox/{{conversation_id:uuid}}/take-over"): ("in", "in", 404, 401),
    ("POST", f"{B}/inbox/{{conversation_id:uuid}}/say"): ("in", "in", 404, 401),
    ("POST", f"{B}/inbox/{{conversation_id:uuid}}/hand-back"): ("in", "in", 404, 401),
    ("GET", f"{B}/inbox/{{conversation_id:uuid}}/why/{{message_id:uuid}}"): ("in", "in", 404, SIGN_IN),
    ("GET", f"{B}/leads"): (200, 200, 404, SIGN_IN),
    ("GET", f"{B}/leads.csv"): (200, 200, 404, SIGN_IN),
    ("POST", f"{B}/leads/{{lead_id:uuid}}/handled"): ("in", "in", 404, 401),
    ("GET", f"{B}/numbers"): (200, 200, 404, SIGN_IN),
    ("GET", f"{B}/settings"): (200, 403, 404, SIGN_IN),
    ("POST", f"{B}/settings"): (400, 403, 404, 401),
    ("GET", f"{B}/settings/model"): (200, 403, 404, SIGN_IN),
    ("POST", f"{B}/settings/model"): (400, 403, 404, 401),
    ("GET", f"{B}/settings/people"): (200, 403, 404, SIGN_IN),
    ("POST", f"{B}/settings/people"): (400, 403, 404, 401),
    ("POST", f"{B}/settings/people/{{account_id:uuid}}/remove"): ("in", 403, 404, 401),
    ("GET", f"{B}/account"): (200, 200, 404, SIGN_IN),
}


def routes() -> list[tuple[str, str]]:
    app = Litestar([PAGES], dependencies={"services": Provide(lambda: None, sync_to_thread=False)})
    return sorted(
        (method, route.path)
        for route in app.routes
        if isinstance(route, HTTPRoute)
        for method in route.methods
        if method != "OPTIONS" and not route.path.startswith("/schema")
    )


def path_of(route: str) -> str:
    path = route.replace("{slug:str}", SLUG).replace("{generation:int}", "7")
    for name in (
        "source_id",
        "target_id",
        "document_id",
        "faq_id",
        "gap_id",
        "question_id",
        "golden_id",
        "conversation_id",
        "message_id",
        "lead_id",
        "account_id",
        "business_id",
        "outbox_id",
    ):
        path = path.replace(f"{{{name}:uuid}}", ANY)
    return path


def test_every_route_of_the_dashboard_has_a_row_here() -> None:
    assert routes() == sorted(EXPECTED)


def test_every_route_passes_the_door() -> None:
    app = Litestar([PAGES], dependencies={"services": Provide(lambda: None, sync_to_thread=False)})
    for route in app.routes:
        if isinstance(route, HTTPRoute) and not route.path.startswith("/schema"):
            for handler in route.route_handlers:
                if "OPTIONS" not in handler.http_methods:
                    assert [guard.__name__ for guard in handler.resolve_guards()] == ["admit"], route.path


@pytest.mark.parametrize("who", ["owner", "member", "stranger", "anonymous"])
async def test_route_times_role(site: Site, who: str) -> None:
    person = getattr(site, who)
    column = ["owner", "member", "stranger", "anonymous"].index(who)
    wrong: list[str] = []
    # Signing out comes last: it ends what the other rows need.
    for (method, route), row in sorted(EXPECTED.items(), key=lambda item: "/sign-out" in item[0][1]):
        if "/sign-out" in route and who != "anonymous":
            continue
        answer = await (person.get(path_of(route)) if method == "GET" else person.post(path_of(route)))
        expected = row[column]
        if expected == "in":
            right = answer.status_code not in {401, 403} and answer.headers.get("location") != SIGN_IN
        elif isinstance(expected, str):
            right = answer.status_code == 303 and answer.headers["location"] == expected
        else:
            right = answer.status_code == expected
        if not right:
            wrong.append(f"{method} {route}: {answer.status_code} {answer.headers.get('location')}, not {expected}")
    assert wrong == []


async def test_stranger_sees_the_same_as_for_a_business_that_is_not(site: Site) -> None:
    for method, route in sorted(EXPECTED):
        if method != "GET" or not route.startswith(B):
            continue
        real = await site.stranger.get(path_of(route))
        random = await site.stranger.get(path_of(route).replace(SLUG, "no-such-business"))
        assert (real.status_code, real.text) == (404, random.text), route
        assert dict(real.headers) == dict(random.headers), route


async def test_no_unsafe_route_works_without_the_forms_token(site: Site) -> None:
    for method, route in sorted(EXPECTED):
        if method != "POST":
            continue
        for headers, csrf in (
            ({}, ""),
            ({}, "keyid.forged.token"),
            ({}, site.stranger.csrf),
            ({"sec-fetch-site": "cross-site"}, site.owner.csrf),
            ({"sec-fetch-site": "same-site"}, site.owner.csrf),
            ({"origin": "https://evil.example", "sec-fetch-site": "same-origin"}, site.owner.csrf),
            ({"origin": "null", "sec-fetch-site": "cross-site"}, site.owner.csrf),
        ):
            answer = await site.owner.post(path_of(route), {"csrf": csrf}, **headers)
            assert answer.status_code == 403, (route, headers, csrf)
            assert "Nothing was changed" in answer.text


async def test_a_form_in_another_content_type_is_no_form(site: Site) -> None:
    sent = site.owner.cookies | {"origin": "https://127.0.0.1:8000", "content-type": "text/plain"}
    path = f"/dashboard/{SLUG}/install/origins"
    answer = await site.client.post(path, content=f"csrf={site.owner.csrf}", headers=sent)
    assert answer.status_code == 403


async def test_a_method_named_in_the_form_or_a_header_changes_nothing(site: Site) -> None:
    headers = site.owner.cookies | {"x-http-method-override": "POST"}
    answer = await site.client.get(f"/dashboard/{SLUG}/install/origins?_method=POST", headers=headers)
    assert answer.status_code == 405


async def test_every_page_forbids_framing_inline_code_and_other_hosts(site: Site) -> None:
    for method, route in sorted(EXPECTED):
        if method != "GET":
            continue
        answer = await site.owner.get(path_of(route))
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy, route
        assert "unsafe" not in policy and "http" not in policy, route
        assert " style=" not in answer.text and "<script>" not in answer.text and " onclick=" not in answer.text, route
        assert answer.headers["x-content-type-options"] == "nosniff"


async def test_a_defect_of_ours_is_a_page_without_a_trace(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: object, **__: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr("app.dashboard.pages.inbox.count_unseen", broken)
    answer = await site.owner.get(f"/dashboard/{SLUG}/inbox")
    assert answer.status_code == 500
    assert "Nothing was lost" in answer.text
    assert "secret detail" not in answer.text and "Traceback" not in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]
