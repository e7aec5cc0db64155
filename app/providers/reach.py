"""Whether what the settings name can be reached and lets us in. Asked by `milo doctor` only; nothing is sent.

`ask_models` looks each configured model up, `ask_mail` signs in at the mail server or looks whether the mail service
answers. What comes back are sentences for the owner.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from urllib.parse import urlsplit

from app.providers.mail_url import read_mail_url
from app.providers.mailer import MailFailed
from app.settings import Settings
from retrieval.ports import ModelFailed

SECONDS = 8.0


async def ask_models(settings: Settings) -> dict[str, str | ModelFailed]:
    """By configured name, of chat and of embedding: what it says, or a failure whose detail is an owner's sentence."""
    wanted = [*settings.chat]
    if settings.embedding != "local":
        wanted.append(settings.embedding)
    of: dict[str, list[str]] = {"openai": [], "anthropic": []}
    for name in wanted:
        of[name.partition(":")[0]].append(name)
    gpts, claudes = await asyncio.gather(_gpts(settings, of["openai"]), _claudes(settings, of["anthropic"]))
    found = gpts | claudes
    return {name: found[name] for name in wanted}


async def _gpts(settings: Settings, names: Sequence[str]) -> dict[str, str | ModelFailed]:
    """One list for all: compatible servers know no question for a single model."""
    if not names:
        return {}
    from app.providers.openai_client import failure_of, open_client

    key = settings.openai_api_key
    if key is None and settings.openai_base_url is None:
        return _all(names, ModelFailed("wrong_key", "There is no key: set OPENAI_API_KEY."))
    client = open_client(key.reveal() if key else None, settings.openai_base_url, read_seconds=SECONDS)
    try:
        listed = {model.id async for model in client.models.list()}
    except Exception as error:  # noqa: BLE001 - failure_of names whatever it was
        failure = failure_of(error)
        if failure.reason == "not_allowed" and settings.openai_base_url:
            return _all(names, "the server answers, but does not list its models")  # many compatible ones
        return _all(names, failure)
    finally:
        await client.close()
    return {name: _known(name.partition(":")[2].partition("@")[0] in listed) for name in names}


async def _claudes(settings: Settings, names: Sequence[str]) -> dict[str, str | ModelFailed]:
    if not names:
        return {}
    key = settings.anthropic_api_key
    if key is None and settings.anthropic_base_url is None:
        return _all(names, ModelFailed("wrong_key", "There is no key: set ANTHROPIC_API_KEY."))
    from app.providers.anthropic_client import failure_of, open_client

    client = open_client(key.reveal() if key else None, settings.anthropic_base_url, read_seconds=SECONDS)

    async def ask(name: str) -> str | ModelFailed:
        try:
            await client.models.retrieve(name.partition(":")[2])  # knows the short names too, a list does not
        except Exception as error:  # noqa: BLE001 - failure_of names whatever it was
            failure = failure_of(error)
            return _known(False) if failure.reason == "not_allowed" else failure
        return _known(True)

    try:
        return dict(zip(names, await asyncio.gather(*map(ask, names)), strict=True))
    finally:
        await client.close()


def _all(names: Sequence[str], said: str | ModelFailed) -> dict[str, str | ModelFailed]:
    return dict.fromkeys(names, said)


def _known(there: bool) -> str | ModelFailed:
    if there:
        return "key accepted, the model is available"
    return ModelFailed("not_allowed", "The key is accepted, but there is no such model for this account.")


async def ask_mail(settings: Settings) -> str:
    """Raises MailFailed or ConfigurationError."""
    assert settings.mail_url is not None
    server = read_mail_url(settings.mail_url.reveal(), settings.mail_from)
    if server.scheme in {"smtp", "smtps"}:
        import aiosmtplib

        client = aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            username=server.user,
            password=server.password,
            timeout=SECONDS,
            use_tls=server.scheme == "smtps",
            start_tls={"never": False, "required": True, "optional": None}[server.starttls],
        )
        try:
            async with client:
                return f"{server.host}:{server.port} " + ("accepts the password" if server.user else "answers")
        except (aiosmtplib.SMTPException, OSError) as error:
            raise MailFailed(f"{server.host}:{server.port} did not let us in ({type(error).__name__}).") from error
    import httpx2

    host = urlsplit(server.api).hostname
    try:
        async with httpx2.AsyncClient(timeout=SECONDS, trust_env=False) as http:
            await http.get(server.api)
    except httpx2.HTTPError as error:
        raise MailFailed(f"{host} cannot be reached ({type(error).__name__}).") from error
    return f"{host} answers; the key is tried with the first mail"
