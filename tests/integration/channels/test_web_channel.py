"""The visitor API as the contract says it, and what it refuses."""

from __future__ import annotations

import json
from datetime import timedelta
from uuid import uuid4

import pytest

from app.conversations.trial import sign_trial
from retrieval.model import AnswerStatus, Sentence
from tests.integration.channels.conftest import Web, events
from tests.integration.conversations.conftest import CLOSED, OPEN


async def test_answer_comes_as_events_of_the_contract(web: Web) -> None:
    token = (await web.session())["token"]
    web.script.offer = True
    answer = await web.ask(token)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.headers["cache-control"] == "no-cache, no-transform"
    assert answer.headers["x-accel-buffering"] == "no"
    assert "content-encoding" not in answer.headers
    told = events(answer)
    assert [event for _, event, _ in told] == [
        "meta", "delta", "delta", "sentence", "delta", "delta", "sentence", "lead_form", "done",
    ]  # fmt: skip
    assert [int(number) for number, _, _ in told] == sorted({int(number) for number, _, _ in told})
    assert "".join(json.loads(data)["text"] for _, event, data in told if event == "delta") == OPEN.text + CLOSED.text
    sentence = json.loads(told[3][2])
    assert sentence["text"] == OPEN.text
    assert sentence["citations"][0] == {
        "passage": 1,
        "quote": "Open daily 9-17",
        "url": "https://shop.example/hours",
        "link": "https://shop.example/hours#:~:text=Open%20daily%209%2D17",
        "title": "Hours",
        "page": None,
        "checked_at": "2026-01-02T00:00:00+00:00",
    }
    assert json.loads(told[6][2])["citations"][0]["url"] is None, "a file is no address"
    meta, done = json.loads(told[0][2]), json.loads(told[-1][2])
    assert done["status"] == "answered"
    assert done["message"] == meta["message"]


async def test_resume_tells_exactly_the_rest_and_asks_nobody(web: Web) -> None:
    token = (await web.session())["token"]
    whole = events(await web.ask(token))
    for position, (number, _, _) in enumerate(whole[:-1]):
        again = events(await web.ask(token, headers={"Last-Event-ID": number}))
        assert again[-1] == whole[-1]
        rest = "".join(json.loads(data)["text"] for _, event, data in whole[position + 1 :] if event == "delta")
        retold = "".join(json.loads(data)["text"] for _, event, data in again if event == "delta")
        assert retold == rest, number
    assert len(web.script.asked) == 1


async def test_odd_last_event_id_is_no_error(web: Web) -> None:
    token = (await web.session())["token"]
    await web.ask(token)
    for last in ("", "x", "-5", "1e3", "99999999999999999999", "1\u0662"):
        again = await web.ask(token, headers={"Last-Event-ID": last.encode()})
        assert events(again)[-1][1] == "done", last


async def test_opened_chat_leaves_no_row(web: Web) -> None:
    papers = await web.session()
    await web.session(visitor=papers["visitor"], proof=papers["proof"])
    await web.client.get(f"/w/{web.business.widget_key}/frame")
    for table in ("people", "identities", "conversations", "messages"):
        assert await web.rows(table) == 0, table


async def test_reload_shows_the_conversation_to_its_visitor_only(web: Web) -> None:
    papers = await web.session()
    await web.ask(papers["token"])

    async def seen(**body: str) -> list[str]:
        token = (await web.session(**body))["token"]
        answer = await web.client.get(
            f"/w/{web.business.widget_key}/conversation", headers={"Authorization": f"Bearer {token}"}
        )
        return [message["text"] for message in answer.json()["messages"]]

    assert await seen(visitor=papers["visitor"], proof=papers["proof"]) == [
        "When are you open?",
        f"{OPEN.text} {CLOSED.text}",
    ]
    assert await seen() == [], "a stranger"
    assert await seen(visitor=papers["visitor"]) == [], "the id alone"
    other = await web.session()
    assert await seen(visitor=papers["visitor"], proof=other["proof"]) == [], "somebody else's proof"
    assert await seen(visitor=papers["visitor"], proof=papers["token"]) == [], "a token is no proof"


async def test_token_of_one_business_opens_nothing_at_another(web: Web) -> None:
    token = (await web.session())["token"]
    answer = await web.ask(token, key=web.other.widget_key)
    assert answer.status_code == 403
    assert answer.json()["code"] == "other_business"


async def test_no_token_no_answer(web: Web) -> None:
    key = web.business.widget_key
    for token in ("", "x", "k1.AAAA.BBBB"):
        headers = {"Authorization": f"Bearer {token}"}
        answers = [
            await web.ask(token),
            await web.post("/leads", token, phone="12345678"),
            await web.post(f"/messages/{uuid4()}/stop", token),
            await web.client.get(f"/w/{key}/conversation", headers=headers),
            await web.client.delete(f"/w/{key}/visitor", headers=headers),
        ]
        assert [answer.status_code for answer in answers] == [401] * 5
        assert all(answer.json()["code"] == "no_session" for answer in answers)
    assert web.script.asked == []


async def test_token_ends_within_a_day(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    token = (await web.session())["token"]
    later = web.services.clock() + timedelta(hours=24)
    monkeypatch.setattr("app.channels.web.admission.visitor_of", _at(later))
    assert (await web.ask(token)).status_code == 401


async def test_script_of_another_page_is_refused_everywhere(web: Web) -> None:
    papers = await web.session()
    path = f"/w/{web.business.widget_key}"
    message = {"text": "x", "client_message_id": "1"}
    for origin in ("https://evil.example", "null", "http://127.0.0.1:8001", "http://127.0.0.1.evil.example"):
        headers = {"Origin": origin, "Authorization": f"Bearer {papers['token']}", "Idempotency-Key": "k"}
        answers = [
            await web.client.post(f"{path}/session", json={}, headers=headers),
            await web.client.post(f"{path}/messages", json=message, headers=headers),
            await web.client.post(f"{path}/messages/{uuid4()}/stop", json={}, headers=headers),
            await web.client.post(f"{path}/leads", json={"phone": "12345678"}, headers=headers),
            await web.client.get(f"{path}/conversation", headers=headers),
            await web.client.delete(f"{path}/visitor", headers=headers),
        ]
        assert [answer.status_code for answer in answers] == [403] * 6
        preflight = {**headers, "Access-Control-Request-Method": "POST"}
        answers.append(await web.client.options(f"{path}/messages", headers=preflight))
        assert not any("access-control-allow-origin" in answer.headers for answer in answers)


async def test_our_own_frame_is_let_in(web: Web) -> None:
    key = web.business.widget_key
    for headers in (
        {"Origin": "http://127.0.0.1:8000"},
        {"Origin": "http://localhost:8000"},
        {"Origin": "null", "Sec-Fetch-Site": "same-origin"},
    ):
        answer = await web.client.post(f"/w/{key}/session", json={}, headers=headers)
        assert answer.status_code == 200
        assert answer.headers["vary"] == "Origin"
    crossing = {"Origin": "http://127.0.0.1:8000", "Sec-Fetch-Site": "cross-site"}
    assert (await web.client.post(f"/w/{key}/session", json={}, headers=crossing)).status_code == 403


async def test_stranger_cannot_stop_or_forget_for_somebody_else(web: Web) -> None:
    anna, bent = await web.session(), await web.session()
    answer = await web.ask(anna["token"])
    message = json.loads(events(answer)[0][2])["message"]
    stopped = await web.post(f"/messages/{message}/stop", bent["token"])
    assert stopped.json() == {"stopped": False}
    key = web.business.widget_key
    await web.client.delete(f"/w/{key}/visitor", headers={"Authorization": f"Bearer {bent['token']}"})
    assert await web.rows("messages") == 2
    await web.client.delete(f"/w/{key}/visitor", headers={"Authorization": f"Bearer {anna['token']}"})
    for table in ("people", "identities", "conversations", "messages"):
        assert await web.rows(table) == 0, table


async def test_lead_is_idempotent_by_its_key(web: Web) -> None:
    token = (await web.session())["token"]
    key = {"Idempotency-Key": "k1"}
    first = await web.post("/leads", token, phone="+45 12 34 56 78", headers=key)
    again = await web.post("/leads", token, phone="+45 12 34 56 78", headers=key)
    other = await web.post("/leads", token, phone="+45 87 65 43 21", headers=key)
    assert (first.status_code, again.status_code, other.status_code) == (201, 201, 422)
    assert first.json() == again.json()
    assert await web.rows("leads") == await web.rows("outbox") == 1
    assert (await web.post("/leads", token, phone="12345678")).json()["code"] == "no_idempotency_key"


BAD_BODIES = [
    (b"", 400),
    (b"{", 400),
    (b"[]", 400),
    (b'{"text": 5, "client_message_id": "1"}', 400),
    (b'{"text": "x"}', 400),
    (b'{"text": "x", "client_message_id": ""}', 400),
    (b'{"text": " \\u200b ", "client_message_id": "1"}', 400),
    (b'{"text": "x", "client_message_id": "1", "conversation": "nope"}', 404),
    (json.dumps({"text": "x" * 2001, "client_message_id": "1"}).encode(), 413),
    (json.dumps({"text": "x" * 20_000, "client_message_id": "1"}).encode(), 413),
    (b"\xff\xfe", 400),
    (b'{"x": ' + b"[" * 4000 + b"]" * 4000 + b"}", 400),
]


async def test_bad_body_is_answered_with_a_sentence(web: Web) -> None:
    token = (await web.session())["token"]
    headers = {"Authorization": f"Bearer {token}"}
    for body, status in BAD_BODIES:
        answer = await web.client.post(f"/w/{web.business.widget_key}/messages", content=body, headers=headers)
        assert answer.status_code == status, body[:60]
        assert answer.json()["error"].endswith("."), body[:60]
    assert web.script.asked == []


async def test_visitor_in_a_hurry_is_asked_to_wait(web: Web) -> None:
    token = (await web.session())["token"]
    statuses = [(await web.ask(token, number=f"q{n}")).status_code for n in range(14)]
    assert statuses[:12] == [200] * 12
    refused = await web.ask(token, number="q99")
    assert refused.status_code == 429
    assert int(refused.headers["retry-after"]) >= 1
    assert (await web.ask((await web.session())["token"])).status_code == 200, "another visitor is not held up"


async def test_failure_within_the_stream_is_an_event(web: Web) -> None:
    web.script.fails = RuntimeError("secret")
    answer = await web.ask((await web.session())["token"])
    assert answer.status_code == 200
    _, event, data = events(answer)[-1]
    assert event == "error"
    assert json.loads(data)["retry"] is True
    assert "secret" not in answer.text


async def test_markup_of_a_visitor_is_not_kept(web: Web) -> None:
    await web.ask((await web.session())["token"], text="<img src=x onerror=alert(1)>Is 3 < 5?\u202e")
    assert web.script.asked[0].text == "Is 3 < 5?"


async def test_refusal_counts_as_unanswered(web: Web) -> None:
    web.script.sentences, web.script.status = (Sentence("I do not know."),), AnswerStatus.NO_ANSWER
    answer = await web.ask((await web.session())["token"])
    assert json.loads(events(answer)[-1][2])["status"] == "no_answer"


def _at(moment: object) -> object:
    from app.channels.web.visitor_token import visitor_of

    return lambda signer, business_id, token, _now: visitor_of(signer, business_id, token, moment)  # type: ignore[arg-type]


async def test_who_tries_the_chat_counts_as_no_visitor(web: Web) -> None:
    services, business_id = web.services, web.business.business_id
    mark = sign_trial(services.signer, business_id, services.clock())
    for given, channel in ((mark, "try"), (mark[:-2] + "xx", "web"), (None, "web")):
        token = (await web.session())["token"]
        answer = await web.ask(token, **({"trial": given} if given else {}))
        talk = json.loads(next(data for _, event, data in events(answer) if event == "meta"))["conversation"]
        async with services.database.business_transaction(business_id) as conn:
            found = await conn.execute("SELECT channel FROM conversations WHERE conversation_id = %s", (talk,))
            row = await found.fetchone()
        assert row == (channel,)


async def test_only_the_businesss_own_people_find_words_in_the_line(web: Web) -> None:
    services = web.services
    mark = sign_trial(services.signer, web.business.business_id, services.clock())
    own = await web.client.get(
        f"/w/{web.business.widget_key}/frame", params={"trial": mark, "ask": "Is there parking?"}
    )
    foreign = await web.client.get(f"/w/{web.business.widget_key}/frame", params={"ask": "Is there parking?"})
    assert "Is there parking?" in own.text and "Is there parking?" not in foreign.text
