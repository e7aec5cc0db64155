"""Names to addresses, and the TXT records of a name, each within a total deadline. Opens no connection itself.

Called by outbound.py for every request and by knowledge/proof for the DNS record. The C library's
resolver cannot be interrupted, so each question has a thread of its own that nobody waits for.
"""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Sequence

RESOLVE_SECONDS = 5.0
QUESTIONS_AT_ONCE = 32  # threads; a resolver that hangs holds each for up to half a minute


class DnsFailed(Exception):
    """No answer could be had, which is not the same as there being none."""


class Resolver:
    """Addresses as this machine sees them (hosts file included). One a fetcher, in one event loop."""

    def __init__(self) -> None:
        self._free = asyncio.Semaphore(QUESTIONS_AT_ONCE)

    async def __call__(self, host: str, port: int) -> list[str]:
        """Every address, in the order of preference. Raises OSError when there is none."""
        await self._free.acquire()
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[list[str]] = loop.create_future()

        def settle(found: list[str] | OSError) -> None:
            self._free.release()
            if answer.done():
                return  # nobody waits any more
            if isinstance(found, OSError):
                answer.set_exception(found)
            else:
                answer.set_result(found)

        def look() -> None:
            found: list[str] | OSError
            try:
                entries = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
                found = list(dict.fromkeys(str(entry[4][0]) for entry in entries))
            except OSError as error:
                found = error
            except UnicodeError as error:  # what the library's own encoding of names refuses
                found = OSError(str(error))
            if not loop.is_closed():
                loop.call_soon_threadsafe(settle, found)

        # Not a pool of threads: a pool is waited for when the process ends.
        threading.Thread(target=look, name="resolve", daemon=True).start()
        return await answer


async def resolve_texts(
    name: str, *, nameservers: Sequence[str] | None = None, port: int = 53, seconds: float = RESOLVE_SECONDS
) -> list[str]:
    """The TXT records of a name, empty when it has none. Raises DnsFailed when that cannot be told."""
    # 75 ms to import, and needed once in a while: not at the start of every process.
    import dns.asyncresolver
    import dns.exception
    import dns.rdtypes.ANY.TXT
    import dns.resolver

    try:
        resolver = dns.asyncresolver.Resolver(configure=nameservers is None)
        if nameservers is not None:
            resolver.nameservers = list(nameservers)
            resolver.port = port
        async with asyncio.timeout(seconds):
            answer = await resolver.resolve(name, "TXT", lifetime=seconds, search=False)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return []
    except (dns.exception.DNSException, OSError, TimeoutError) as error:
        raise DnsFailed(type(error).__name__) from error
    return [
        b"".join(record.strings).decode("utf-8", errors="replace")
        for record in answer
        if isinstance(record, dns.rdtypes.ANY.TXT.TXT)
    ]
