"""Positions of events: they only grow, and a retold answer has the same ones."""

from __future__ import annotations

from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from app.conversations.events import Finished, Heard, Positions, ReplyEvent, Started, replay
from retrieval.model import OfferContact, Sentence, SentenceEnded, TextShown

IDS = Started(UUID(int=1), UUID(int=2), UUID(int=3))
TEXTS = st.lists(st.text(min_size=1, max_size=40), max_size=6)


def live(texts: list[str], cuts: list[int], offered: bool) -> list[Heard]:
    positions = Positions()
    told: list[ReplyEvent] = [IDS]
    for text, cut in zip(texts, cuts, strict=False):
        at = cut % len(text)
        told += [TextShown(part) for part in (text[:at], text[at:]) if part]
        told.append(SentenceEnded(Sentence(text)))
    told += [OfferContact()] if offered else []
    return [positions.place(event) for event in [*told, Finished(IDS.message_id, "answered")]]


def text_of(heard: list[Heard]) -> str:
    return "".join(h.event.text for h in heard if isinstance(h.event, TextShown))


@given(TEXTS, st.lists(st.integers(0, 1000), min_size=6, max_size=6), st.booleans())
def test_whoever_comes_back_hears_exactly_the_rest(texts: list[str], cuts: list[int], offered: bool) -> None:
    heard = live(texts, cuts, offered)
    assert [h.position for h in heard] == sorted({h.position for h in heard})
    end = Finished(IDS.message_id, "answered")
    for known in range(len(heard) - 1):
        after = heard[known].position
        told = list(replay(IDS, [Sentence(text) for text in texts], offered=offered, end=end, after=after))
        rest = heard[known + 1 :]
        assert text_of(told) == text_of(rest)
        assert [h for h in told if not isinstance(h.event, TextShown)] == [
            h for h in rest if not isinstance(h.event, TextShown)
        ]


def test_replay_from_the_start_is_the_whole_answer() -> None:
    sentences = [Sentence("One."), Sentence("Two.")]
    told = list(replay(IDS, sentences, offered=True, end=Finished(uuid4(), "answered"), after=0))
    assert told[0].event == IDS
    assert text_of(told) == "One.Two."
    assert told[-1].last
