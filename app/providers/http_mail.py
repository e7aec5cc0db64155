"""One POST to a mail provider's API, with every way it fails turned into MailFailed. Used by Resend and SendGrid."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping

import httpx2

from app.providers.mailer import MailFailed


async def post(
    client: httpx2.AsyncClient,
    name: str,
    url: str,
    body: Mapping[str, object],
    headers: Mapping[str, str],
    *,
    permanent: Collection[int],
) -> httpx2.Response:
    """`permanent`: the statuses that say this very mail is wrong. A key or domain the owner can mend waits."""
    try:
        response = await client.post(url, json=body, headers=headers)
    except httpx2.TimeoutException as error:
        raise MailFailed(f"{name} did not answer in time.") from error
    except httpx2.HTTPError as error:
        raise MailFailed(f"The connection to {name} failed.") from error
    if response.is_success:
        return response
    status = response.status_code
    if status in {401, 403}:
        raise MailFailed(f"{name} refused the key in MILO_MAIL_URL or the sender's domain ({status}).")
    if status == 429:
        raise MailFailed(
            f"{name} takes no more mail from this account for now ({status}).", retry_after=_retry_after(response)
        )
    if status in permanent:
        raise MailFailed(f"{name} refused the mail ({status}).", permanent=True)
    raise MailFailed(f"{name} answered {status}.", retry_after=_retry_after(response))


def _retry_after(response: httpx2.Response) -> float | None:
    try:
        seconds = float(response.headers.get("retry-after", ""))
    except ValueError:  # absent, or a date: then our own pace
        return None
    return seconds if math.isfinite(seconds) and seconds >= 0 else None
