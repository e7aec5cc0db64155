"""The operator's route: for whoever holds the key ring, and for nobody else."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from httpx2 import ASGITransport, AsyncClient

from app.businesses.create import create_business
from app.businesses.model import NewBusiness
from app.channels.operator.pass_token import holds_pass, issue_pass
from app.channels.operator.routes import ROUTES
from app.security import KeyRing, SecretKey, Signer
from app.services import Services
from app.settings import Settings
from app.web import create_app
from app.wiring import Overrides, open_services
from tests.unit.retrieval.models import WordEmbedder


@pytest.fixture
async def services(settings: Settings) -> AsyncIterator[Services]:
    async with open_services(settings, overrides=Overrides(embedder=WordEmbedder())) as opened:
        yield opened


@pytest.fixture
async def client(services: Services) -> AsyncIterator[AsyncClient]:
    await create_business(services.database, services.vault, NewBusiness("Bikes", "bikes"), actor="test")
    transport = ASGITransport(create_app(services))  # type: ignore[arg-type]
    async with AsyncClient(transport=transport, base_url="http://127.0.0.1") as opened:
        yield opened


QUESTION = {"slug": "bikes", "question": "When are you open?"}


async def test_a_pass_of_this_key_ring_gets_the_whole_answer(client: AsyncClient, services: Services) -> None:
    headers = {"Authorization": f"Bearer {issue_pass(services.signer)}"}
    answered = (await client.post("/operator/ask", json=QUESTION, headers=headers)).json()
    assert answered["status"] == "no_answer" and answered["passages"] == [] and answered["mode"] == "quote"
    assert set(answered["ms"]) == {"embed", "search", "first_token", "total"}


async def test_an_unknown_business_is_told_with_what_to_do(client: AsyncClient, services: Services) -> None:
    headers = {"Authorization": f"Bearer {issue_pass(services.signer)}"}
    response = await client.post("/operator/ask", json=QUESTION | {"slug": "nobody"}, headers=headers)
    assert response.status_code == 404 and "milo business create" in response.json()["error"]


@pytest.mark.parametrize("token", ["", "Bearer x", "Bearer k1.MTIz.AAAA"])
async def test_without_a_pass_the_address_does_not_exist(client: AsyncClient, token: str) -> None:
    response = await client.post("/operator/ask", json=QUESTION, headers={"Authorization": token})
    assert response.status_code == 404 and response.json()["error"] == "There is nothing here."


def test_a_pass_of_another_ring_or_purpose_or_time_opens_nothing(services: Services) -> None:
    other = Signer(KeyRing([SecretKey("k1", b"x" * 32)]))
    assert not holds_pass(services.signer, issue_pass(other))
    assert not holds_pass(services.signer, services.signer.sign("session", b"99999999999"))
    assert not holds_pass(services.signer, services.signer.sign("operator", b"1700000000"))
    assert not holds_pass(services.signer, services.signer.sign("operator", b"99999999999"))


def test_the_route_is_not_part_of_the_owners_api() -> None:
    assert not ROUTES[0].include_in_schema


def test_files_of_questions_are_read_with_the_line_that_is_wrong(tmp_path: Path) -> None:
    from app.commands.asked import read_questions
    from app.errors import BadInput

    path = tmp_path / "q.jsonl"
    path.write_text('{"question": "A?", "evidence": ["x"], "answerable": false}\n\n{"no": 1}\n')
    with pytest.raises(BadInput, match="line 3"):
        read_questions(None, str(path))
    path.write_text('{"question": "A?", "evidence": ["x"], "answerable": false, "kind": "price"}\n')
    [one] = read_questions(None, str(path))
    assert one.text == "A?" and one.evidence == ("x",) and not one.answerable and one.kind == "price"
    assert [one.text for one in read_questions("B?", None)] == ["B?"]
    with pytest.raises(BadInput):
        read_questions(None, None)
