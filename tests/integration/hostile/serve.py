"""All hostile sites in a process of their own: `python -m tests.integration.hostile.serve` prints name → origin.

For benchmarks, where what the servers do must not count as ours. Ends when its standard input does.
"""

from __future__ import annotations

import asyncio
import json
import sys
from contextlib import AsyncExitStack

from tests.integration.hostile.cases import CASES
from tests.integration.hostile.server import serving


async def main() -> None:
    async with AsyncExitStack() as stack:
        origins = {case.name: await stack.enter_async_context(serving(case)) for case in CASES}
        print(json.dumps(origins), flush=True)
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main())
