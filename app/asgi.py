"""The web process: `serve(settings)` opens the services, serves them until told to stop, closes them.

uvicorn waits for open streams for ever; so on SIGTERM the running answers are ended first (each is
saved as interrupted and its visitor told), and what is left is cut after a few seconds.
"""

from __future__ import annotations

import socket
from contextlib import suppress

import uvicorn

from app.db.probe import probe
from app.errors import ConfigurationError
from app.health.metrics import metrics
from app.services import Services
from app.settings import Settings
from app.web import create_app
from app.wiring import open_services

GRACE_SECONDS = 8


async def serve(settings: Settings) -> None:
    """Returns after a clean stop. Raises ConfigurationError when it must not or cannot start."""
    async with open_services(settings, role="web") as services, metrics(services):
        await probe(services.database)
        config = uvicorn.Config(
            create_app(services),
            host=settings.host,
            port=settings.port,
            log_config=None,
            access_log=False,
            server_header=False,
            # Who the peer is, is decided by MILO_TRUSTED_PROXIES in app/limits.py, not by any header.
            proxy_headers=False,
            timeout_graceful_shutdown=GRACE_SECONDS,
            timeout_keep_alive=30,
            h11_max_incomplete_event_size=64 * 1024,
        )
        await _Server(config, services).serve(sockets=[_listen(settings)])


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, services: Services):
        super().__init__(config)
        self._services = services

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await self._services.answers.drain()
        await super().shutdown(sockets)


def _listen(settings: Settings) -> socket.socket:
    """Bound here and not by uvicorn, which logs and exits instead of saying what is wrong."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    # The protocol by name: asyncio sets TCP_NODELAY only on such sockets, else every answer waits 40 ms for an ACK.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
        listener.listen(1024)
    except OSError as error:
        with suppress(OSError):
            listener.close()
        raise ConfigurationError(
            f"Port {settings.port} is in use by another program. Stop that program, or choose another port:"
            f" milo up --port {settings.port + 1}",
            code="port_in_use",
        ) from error
    listener.setblocking(False)
    return listener
