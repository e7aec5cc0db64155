"""A chat model as one business asks it: at its temperature, and with patience while others are left to ask.

Made by the factory for each answer; retrieval sees an ordinary ChatModel. Without a bound on the first one's silence
it would use up the time in which a visitor must see text, and the second could only ever answer for one that fails
loudly.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from typing import Protocol

from retrieval.model import Limits, Usage
from retrieval.ports import PromptMessage

# Understanding, search and the binding of the first sentence take their part of the time to the first text.
OWN_SECONDS = 0.5


class ProviderModel(Protocol):
    @property
    def name(self) -> str: ...

    def count_tokens(self, messages: Sequence[PromptMessage]) -> int: ...

    def stream(
        self,
        messages: Sequence[PromptMessage],
        *,
        max_tokens: int,
        temperature: float | None = None,
        patience: float | None = None,
    ) -> AsyncGenerator[str | Usage]: ...


@dataclass(frozen=True, slots=True)
class InTurn:
    model: ProviderModel
    temperature: float | None
    patience: float | None

    @property
    def name(self) -> str:
        return self.model.name

    def count_tokens(self, messages: Sequence[PromptMessage]) -> int:
        return self.model.count_tokens(messages)

    def stream(self, messages: Sequence[PromptMessage], *, max_tokens: int) -> AsyncGenerator[str | Usage]:
        return self.model.stream(messages, max_tokens=max_tokens, temperature=self.temperature, patience=self.patience)


def in_turn(models: Sequence[ProviderModel], temperature: float | None) -> list[InTurn]:
    """Each but the last is given an equal share of the time to the first text."""
    share = (Limits().first_text_seconds - OWN_SECONDS) / max(1, len(models))
    last = len(models) - 1
    return [InTurn(model, temperature, share if place < last else None) for place, model in enumerate(models)]
