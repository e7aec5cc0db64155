"""One route, for `milo ask` beside a running service. Exports ROUTES for app/web.py."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from litestar import Request, Response, Router, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, SkipValidation

from app.channels.operator.ask import ask, business_by_slug
from app.channels.operator.pass_token import holds_pass
from app.errors import NotFound
from app.services import Services

Parts = NamedDependency[SkipValidation[Services]]
AnyRequest = Request[Any, Any, Any]
BODY = 64 * 1024


@dataclass(frozen=True, slots=True)
class AskIn:
    slug: str
    question: str


@post("/operator/ask", status_code=200, request_max_body_size=BODY)
async def ask_business(request: AnyRequest, services: Parts, data: JSONBody[AskIn]) -> Response[dict[str, Any]]:
    """To anyone without a pass this address does not exist."""
    token = request.headers.get("authorization", "").removeprefix("Bearer ")
    if not holds_pass(services.signer, token):
        raise NotFound
    business = await business_by_slug(services, data.slug)
    return Response(await ask(services, business, data.question), headers={"Cache-Control": "no-store"})


ROUTES = [Router("/", route_handlers=[ask_business], include_in_schema=False)]
