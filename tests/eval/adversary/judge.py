"""Streams answers through the real path and judges what came out by what is known of them, not by the verifier.

A lie is shown when what gives it away stands in a shown sentence that is none of the true ones. Answers in, a tally
  out;
called by the command and by the tests.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from random import Random
from uuid import uuid4

from retrieval.analyse import SnowballAnalyser
from retrieval.model import Asked, Citation, Knowledge, Limits, SearchResult, Sentence, SentenceEnded, TextShown, Turn
from retrieval.question import analyse_question
from retrieval.search import Found
from retrieval.verify import bind
from retrieval.written import Written, write
from tests.eval.adversary.faithful import Answered
from tests.unit.retrieval.models import ScriptedModel

LIMITS = Limits(first_text_seconds=30.0, stall_seconds=30.0, hold_seconds=30.0)


@dataclass
class Tally:
    answers: int = 0
    sentences: int = 0
    lies: int = 0
    lies_shown: list[tuple[str, str, str]] = field(default_factory=list[tuple[str, str, str]])  # kind, lie, shown
    withheld: list[tuple[str, str, str]] = field(default_factory=list[tuple[str, str, str]])  # way, sentence, reason
    cited: int = 0
    cited_right: int = 0
    cited_wrong: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    ms: list[float] = field(default_factory=list[float])  # of each sentence or clause that was bound
    made_ms: list[float] = field(default_factory=list[float])  # of a verifier, once an answer

    def figures(self) -> dict[str, float]:
        ordered, made = sorted(self.ms) or [0.0], sorted(self.made_ms) or [0.0]
        return {
            "answers": self.answers,
            "sentences": self.sentences,
            "lies": self.lies,
            "lies_shown": len(self.lies_shown),
            "withheld_wrongly": len(self.withheld),
            "withheld_share": round(len(self.withheld) / max(1, self.sentences), 4),
            "citation_precision": round(self.cited_right / max(1, self.cited), 4),
            "cpu_ms_p50": round(ordered[len(ordered) // 2], 2),
            "cpu_ms_p95": round(ordered[int(len(ordered) * 0.95)], 2),
            "made_ms_p50": round(made[len(made) // 2], 2),
            "made_ms_p95": round(made[int(len(made) * 0.95)], 2),
        }


async def judge(answers: Iterable[Answered], seed: int) -> Tally:
    tally, random = Tally(), Random(seed)
    for answered in answers:
        shown, written, spent = await _stream(answered, random)
        tally.answers += 1
        tally.ms += spent.bound
        tally.made_ms += spent.made
        true = [said for said in answered.sentences if all(said.text != lie.text for lie in answered.lies)]
        for lie in answered.lies:
            tally.lies += 1
            showing = _showing(lie.text, lie.tell, shown, _plain("\n".join(one.text for one in answered.passages)))
            tally.lies_shown += [(lie.kind, lie.text, text) for text in showing]
        reasons = {held.text: held.reason for held in written.withheld}
        if not answered.lies:
            tally.sentences += len(true)
            joined = _plain(" ".join(sentence.text for sentence in shown))
            tally.withheld += [
                (said.way, said.text, "; ".join(reasons.values())) for said in true if _plain(said.text) not in joined
            ]
        for sentence in shown:
            for citation in sentence.citations:
                tally.cited += 1
                right = _shares(sentence.text, citation, answered)
                tally.cited_right += right
                if not right:
                    tally.cited_wrong.append((sentence.text, citation.quote))
    return tally


async def _stream(answered: Answered, random: Random) -> tuple[list[Sentence], Written, _Spent]:
    text, pieces = answered.text, list[str]()
    while text:
        size = random.randint(1, 12)
        pieces.append(text[:size])
        text = text[size:]
    language = answered.site.language
    found = Found(
        SearchResult(answered.passages, answered.language, 0, 0),
        replace(analyse_question(answered.question, (language,), answered.language), language=answered.language),
        {},
        (language,),
    )
    asked = Asked(answered.question, history=(Turn("visitor", answered.question),), limits=LIMITS)
    written, shown, deltas = Written(), list[Sentence](), list[str]()
    knowledge = Knowledge(uuid4(), answered.site.name, 1, language)
    events = write(
        knowledge,
        asked,
        answered.passages,
        found,
        ScriptedModel(pieces),
        None,
        written,
        clock=time.monotonic,
        deadline=time.monotonic() + 30,
    )
    spent = _Spent()
    with spent:
        async for event in events:
            if isinstance(event, TextShown):
                deltas.append(event.text)
            elif isinstance(event, SentenceEnded):
                assert "".join(deltas) == event.sentence.text, "what is told is what was shown"
                deltas.clear()
                shown.append(event.sentence)
    return shown, written, spent


class _Spent:
    """CPU time of verification alone: the making of a verifier and each binding."""

    def __init__(self) -> None:
        self.bound: list[float] = []
        self.made: list[float] = []

    def __enter__(self) -> None:
        self._bind, self._init = bind.Verifier.bind, bind.Verifier.__init__
        spent, real, made = self, self._bind, self._init

        def timed(verifier: bind.Verifier, raw: str):
            began = time.process_time()
            try:
                return real(verifier, raw)
            finally:
                spent.bound.append((time.process_time() - began) * 1000)

        def timed_init(verifier: bind.Verifier, *given: object, **named: object) -> None:
            began = time.process_time()
            made(verifier, *given, **named)  # type: ignore[arg-type]
            spent.made.append((time.process_time() - began) * 1000)

        bind.Verifier.bind = timed  # type: ignore[method-assign]
        bind.Verifier.__init__ = timed_init  # type: ignore[method-assign]

    def __exit__(self, *_: object) -> None:
        bind.Verifier.bind, bind.Verifier.__init__ = self._bind, self._init


def _showing(lie: str, tell: str, shown: list[Sentence], pages: str) -> list[str]:
    """A clause that stands on the page letter for letter tells nothing of the untrue rest that was held back."""
    tell, lie = _plain(tell), _plain(lie)
    found: list[str] = []
    for sentence in shown:
        text = _plain(sentence.text)
        whole = lie in text or (tell in text and text in lie)
        if (
            sentence.citations
            and whole
            or tell == lie
            and sentence.citations
            and text in lie
            and (text == lie or text not in pages)
            and len(text) > 0.6 * len(lie)
        ):
            found.append(sentence.text)
    return found


def _plain(text: str) -> str:
    return re.sub(r"[^\w€$£]+", " ", re.sub(r"\[\d+\]", "", text)).strip().casefold()


def _shares(text: str, citation: Citation, answered: Answered) -> bool:
    """The cited place shares a word with content or a figure with its sentence. A foreign page shares the figure."""
    analyser = SnowballAnalyser()
    code = answered.site.language
    passage = answered.passages[citation.passage - 1]
    around = "\n".join((citation.quote, *passage.heading_path, passage.title))
    words = set(analyser.words(text, code)) & set(analyser.words(around, code))
    numbers = set(re.findall(r"\d+", text)) & set(re.findall(r"\d+", citation.quote))
    figures = bool(re.search(r"\d", text))
    return citation.quote in passage.text and bool(words) and (bool(numbers) or not figures or _spelled(citation.quote))


def _spelled(quote: str) -> bool:
    return re.search(r"\d", quote) is None or len(quote.split()) > 3
