"""What this process could connect to if the outbound door had a hole: asked by `milo doctor`, nobody else.

The door refuses private addresses; a rule of the machine that refuses them as well is the second line.
Only an open connection counts: a firewall may refuse in the very words of a closed port.
"""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Sequence
from pathlib import Path

METADATA = (("169.254.169.254", 80), ("100.100.100.200", 80), ("168.63.129.16", 80))
NOWHERE = (("203.0.113.254", 80),)  # documentation: nobody has it. If it answers, somebody in between answers for all
GATEWAY_PORTS = (53, 80, 443, 22)
SECONDS = 1.0
_ROUTES = Path("/proc/net/route")


async def reachable(places: Sequence[tuple[str, int]], *, seconds: float = SECONDS) -> list[str]:
    """Those that accept a connection, as address:port. Nothing is sent."""
    found = await asyncio.gather(*(_opens(host, port, seconds) for host, port in places))
    return [f"{host}:{port}" for (host, port), opened in zip(places, found, strict=True) if opened]


def gateways(routes: Path = _ROUTES) -> list[str]:
    """The routers of this machine's default routes; none where the system does not tell."""
    try:
        lines = routes.read_text(encoding="ascii").splitlines()[1:]
    except OSError:
        return []  # no Linux, or no such file in the container: then there is nothing to ask
    found: list[str] = []
    for line in lines:
        fields = line.split()
        if len(fields) > 2 and fields[1] == "00000000" and fields[2] != "00000000":
            found.append(socket.inet_ntoa(struct.pack("<L", int(fields[2], 16))))
    return list(dict.fromkeys(found))


async def _opens(host: str, port: int, seconds: float) -> bool:
    try:
        async with asyncio.timeout(seconds):
            _, writer = await asyncio.open_connection(host, port)
    except OSError:  # TimeoutError is one
        return False
    writer.close()
    return True
