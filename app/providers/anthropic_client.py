"""Makes clients of Anthropic's Messages, and names what went wrong with them.

Out of any failure comes a `ModelFailed` whose detail is a sentence for the owner: status and code of the answer,
never its message. Used by the chat model and by `milo doctor`.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import httpx2
from anthropic import APIConnectionError, APIError, APIStatusError, APITimeoutError, AsyncAnthropic

from app.providers.guarded import RetryableFailure
from app.providers.server_said import is_near, retry_after_of, word_of
from retrieval.ports import ModelFailed

ANTHROPIC_HOST = "api.anthropic.com"
# A second question of the same visitor finds the connection still open.
LIMITS = httpx2.Limits(max_connections=200, max_keepalive_connections=20, keepalive_expiry=90)
TOO_LONG = re.compile(r"prompt is too long|context (length|size|window)", re.IGNORECASE)
# An organisation's own spending limit comes as a 400 like any wrong request.
SPENT = re.compile(r"credit balance|usage limits?|spend(ing)? limit", re.IGNORECASE)


def open_client(api_key: str | None, base_url: str | None, *, read_seconds: float) -> AsyncAnthropic:
    """One client a process. Retries are ours (`max_retries=0`): the SDK's own wait up to 8 s each.

    Key and address are always given, and tracing is off, so that no other variable or file of this machine decides
    who is asked or who reads along. `read_seconds` bounds the silence between two pieces, not the whole answer.
    """
    timeout = httpx2.Timeout(read_seconds, connect=3, write=10, pool=2)
    # The SDK adds /v1/messages; who writes the version too means the same place.
    base_url = (base_url or f"https://{ANTHROPIC_HOST}").rstrip("/").removesuffix("/v1")
    return AsyncAnthropic(
        api_key=api_key or "none",  # a gateway on one's own machine may ask for none
        base_url=base_url,
        timeout=timeout,
        max_retries=0,
        open_telemetry={"traces": False, "propagation": False},
        http_client=httpx2.AsyncClient(
            timeout=timeout, limits=LIMITS, follow_redirects=False, trust_env=not is_near(base_url)
        ),
    )


def is_official(base_url: str | None) -> bool:
    return base_url is None or (urlsplit(base_url).hostname or "").endswith("anthropic.com")


def failure_of(error: Exception) -> ModelFailed:
    """The reason code and the owner's sentence for whatever the SDK raised."""
    match error:
        case ModelFailed():
            return error
        # The SDK names what happens before the head of an answer; what breaks a stream comes through as it is.
        case APITimeoutError() | httpx2.TimeoutException():
            return RetryableFailure("timeout", f"{_host(error)} did not answer in time.")
        case APIConnectionError() | httpx2.TransportError():
            return RetryableFailure("unreachable", f"The connection to {_host(error)} failed.")
        case APIStatusError():
            return _status_failure(error)
        case _:
            return ModelFailed("bad_response", f"The model's answer was not understood ({type(error).__name__}).")


def _status_failure(error: APIStatusError) -> ModelFailed:
    """An error event in a stream that began with 200 has no status of its own: then its type decides."""
    status = error.status_code if error.status_code != 200 else None
    kind, code, host = word_of(error.type), word_of(error.error_code), _host(error)
    named = ", ".join(word for word in (kind, code) if word)
    said = f"{host} answered {status or 'an error'}" + (f" ({named})" if named else "")
    words = error.api_message if isinstance(error.api_message, str) else ""
    if status == 413 or TOO_LONG.search(words):
        return ModelFailed("context_too_long", f"{said}: the passages do not fit into the model.")
    if status == 402 or kind == "billing_error" or "spend_limit" in (code or "") or SPENT.search(words):
        return ModelFailed("quota", f"{said}: the account's credit or spending limit is used up.")
    if status == 401 or kind == "authentication_error":
        return ModelFailed("wrong_key", f"{said}: the key is not accepted. Check ANTHROPIC_API_KEY.")
    if status == 429 or kind == "rate_limit_error":
        wish = retry_after_of(error.response.headers)
        return RetryableFailure("rate_limited", f"{said}: too many requests for this account.", retry_after=wish)
    if status == 403 or kind == "permission_error":
        return ModelFailed("not_allowed", f"{said}: this account may not use the model.")
    if status == 404 or kind == "not_found_error":
        return ModelFailed("not_allowed", f"{said}: no such model or address. Check MILO_CHAT and ANTHROPIC_BASE_URL.")
    if status == 408:
        return RetryableFailure("timeout", f"{said}.")
    if status == 529 or kind == "overloaded_error":
        return RetryableFailure(
            "server_error", f"{said}: the provider is overloaded.", retry_after=retry_after_of(error.response.headers)
        )
    if status is None or status == 409 or status >= 500:
        return RetryableFailure("server_error", f"{said}.", retry_after=retry_after_of(error.response.headers))
    return ModelFailed("bad_response", f"{said}.")


def _host(error: APIError | httpx2.RequestError) -> str:
    try:
        return error.request.url.host or "the model's server"
    except RuntimeError:  # an httpx2 error that was raised without its request
        return "the model's server"
