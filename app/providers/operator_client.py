"""Speaks to the service that runs on this machine from the same data dir. Used by `milo ask`."""

from __future__ import annotations

from typing import Any, cast

import httpx2

from app.errors import MiloError, NotFound

SECONDS = 90.0


class NotThere(Exception):
    """No service answers at this port."""


class OperatorClient:
    """Open with `async with`. `token` is a pass of the operator."""

    def __init__(self, port: int, token: str):
        self._client = httpx2.AsyncClient(
            base_url=f"http://127.0.0.1:{port}",
            headers={"Authorization": f"Bearer {token}"},
            timeout=httpx2.Timeout(SECONDS, connect=1),
            trust_env=False,
        )

    async def __aenter__(self) -> OperatorClient:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.aclose()

    async def ask(self, slug: str, question: str) -> dict[str, Any]:
        """The answer's JSON. Raises NotThere, or the service's own sentence as MiloError."""
        try:
            response = await self._client.post("/operator/ask", json={"slug": slug, "question": question})
            body = cast("dict[str, Any]", response.json())
        except (httpx2.HTTPError, ValueError) as error:
            raise NotThere(str(error)) from error
        if response.is_success:
            return body
        sentence, code = str(body.get("error", "")), str(body.get("code", ""))
        if response.status_code == 404:
            # Its own "nothing here" means another program, or a service of another data dir.
            if "milo business create" not in sentence:
                raise NotThere(sentence)
            raise NotFound(sentence, code=code)
        raise MiloError(sentence or f"The service answered {response.status_code}.", code=code)
