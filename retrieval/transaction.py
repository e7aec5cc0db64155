"""Several reads in one transaction. A Transaction in, one out that begins at its first use and is used again.

Each begin and end costs a question as much as a read. Called by answer.py around what follows the embedding: nothing
within may wait for a network.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager

from retrieval.ports import Connection, Transaction


@asynccontextmanager
async def one_transaction(transaction: Transaction) -> AsyncGenerator[Transaction, None]:
    async with AsyncExitStack() as stack:
        begun: Connection | None = None

        @asynccontextmanager
        async def the_same() -> AsyncGenerator[Connection, None]:
            nonlocal begun
            if begun is None:
                begun = await stack.enter_async_context(transaction())
            yield begun

        yield the_same
