"""Whether what the settings name can be reached and lets us in. Asked by `milo doctor` only; nothing is sent.

`ask_model` lists the account's models, `ask_mail` signs in at the mail server or looks whether the
mail service answers. Each returns one sentence, or raises ModelFailed or MailFailed.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from app.providers.mail_url import read_mail_url
from app.providers.mailer import MailFailed
from app.settings import Settings
from retrieval.ports import ModelFailed

SECONDS = 8.0


async def ask_model(settings: Settings) -> str:
    """Raises ModelFailed whose detail is a sentence for the owner."""
    from app.providers.openai_client import failure_of, open_client

    key = settings.openai_api_key
    client = open_client(key.reveal() if key else None, settings.openai_base_url, read_seconds=SECONDS)
    try:
        found = {model.id async for model in client.models.list()}
    except Exception as error:
        failure = failure_of(error)
        if failure.reason == "not_allowed" and settings.openai_base_url:
            return "answers, but does not list its models"  # many compatible servers do not
        raise failure from error
    finally:
        await client.close()
    wanted = {name.partition(":")[2] for name in settings.chat}
    missing = sorted(wanted - found)
    if missing:
        raise ModelFailed("not_allowed", f"The key is accepted, but there is no model {', '.join(missing)}.")
    return f"key accepted, {', '.join(sorted(wanted))} available"


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
