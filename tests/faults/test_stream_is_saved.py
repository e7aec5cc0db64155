"""A stream that breaks leaves a truthful row; the same message again tells the answer, not a new one."""

from __future__ import annotations

import asyncio
import signal
from contextlib import suppress

import httpx2

from tests.faults.conftest import House, wait_for
from tests.faults.test_ingest_survives import live, plant_site
from tests.faults.test_leads_survive import visitor


def widget_key(house: House) -> str:
    business = asyncio.run(plant_site(house.settings, house.site))
    house.start("worker")
    wait_for(lambda: live(house, business) is not None, 60)
    [(key,)] = house.rows("SELECT widget_key FROM widget_keys WHERE business_id = %s", business)
    return str(key)


def ask(house: House, key: str, headers: dict[str, str], number: str) -> str:
    body = {"text": "What does a puncture cost?", "client_message_id": number}
    return httpx2.post(f"{house.url}/w/{key}/messages", json=body, headers=headers, timeout=20).text


def test_visitor_who_leaves_at_the_first_byte_still_has_a_saved_answer(house: House) -> None:
    key = widget_key(house)
    house.start_web()
    headers = visitor(house, key)
    body = {"text": "What does a puncture cost?", "client_message_id": "1"}
    with httpx2.stream("POST", f"{house.url}/w/{key}/messages", json=body, headers=headers, timeout=20) as response:
        next(response.iter_raw())
    wait_for(
        lambda: (
            house.rows("SELECT state FROM messages WHERE author = 'assistant'") in ([("complete",)], [("interrupted",)])
        ),
        15,
    )
    assert "event: done" in ask(house, key, headers, "1")
    assert house.rows("SELECT count(*) FROM messages WHERE author = 'assistant'") == [(1,)]


def test_web_killed_before_the_save_leaves_no_answering_row_for_ever(house: House) -> None:
    key = widget_key(house)
    killed = house.start_web(MILO_FAULT="answer_before_save")
    headers = visitor(house, key)
    with suppress(httpx2.TransportError):  # the process dies in the middle of the stream
        ask(house, key, headers, "1")
    assert killed.wait(10) == -signal.SIGKILL
    house.start_web()
    told = ask(house, key, headers, "1")
    assert "event: done" in told or "event: error" in told
    wait_for(lambda: house.rows("SELECT count(*) FROM messages WHERE state = 'answering'") == [(0,)], 20)
    assert house.rows("SELECT count(*) FROM messages WHERE author = 'visitor'") == [(1,)]


def test_stop_signal_ends_web_within_its_grace_while_a_stream_is_open(house: House) -> None:
    key = widget_key(house)
    web = house.start_web()
    headers = visitor(house, key)
    body = {"text": "What does a puncture cost?", "client_message_id": "1"}
    with httpx2.stream("POST", f"{house.url}/w/{key}/messages", json=body, headers=headers, timeout=20) as response:
        next(response.iter_raw())
        web.send_signal(signal.SIGTERM)
        assert web.wait(15) == 0
    assert house.rows("SELECT count(*) FROM messages WHERE state = 'answering'") == [(0,)]
