"""GET /healthz: this process lives. GET /readyz: it can do its work, part by part; 503 when it cannot."""

from __future__ import annotations

from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import SkipValidation

from app.health.check import check
from app.services import Services

NO_STORE = {"Cache-Control": "no-store"}


@get("/healthz", include_in_schema=False)
async def live() -> Response[dict[str, str]]:
    return Response({"status": "ok"}, headers=NO_STORE)


@get("/readyz", include_in_schema=False)
async def ready(services: NamedDependency[SkipValidation[Services]]) -> Response[dict[str, Any]]:
    health = await check(services.database, services.redis)
    status = "ok" if health.ready and health.queue else "degraded" if health.ready else "unavailable"
    body: dict[str, Any] = {
        "status": status,
        "database": "ok" if health.database else "unavailable",
        "queue": "ok" if health.queue else "degraded",
        "worker": "ok" if health.worker else "unavailable",
        "worker_seen_at": health.worker_seen_at.isoformat() if health.worker_seen_at else None,
    }
    headers = NO_STORE if health.ready else NO_STORE | {"Retry-After": "5"}
    return Response(body, status_code=200 if health.ready else 503, headers=headers)


ROUTES = [live, ready]
