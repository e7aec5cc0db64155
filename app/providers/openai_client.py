"""Makes clients of OpenAI and of servers that speak its protocol, and names what went wrong with them.

Out of any failure comes a `ModelFailed` whose detail is a sentence for the owner: status and code of
the answer, never its message, which some servers fill with the request. Used by the chat model and
the embeddings.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import httpx2
from openai import APIConnectionError, APIError, APIStatusError, APITimeoutError, AsyncOpenAI

from app.providers.guarded import RetryableFailure
from app.providers.server_said import is_near, retry_after_of, word_of
from retrieval.ports import ModelFailed

OPENAI_HOST = "api.openai.com"
# A second question of the same visitor finds the connection still open; the SDK would close it after 5 s.
LIMITS = httpx2.Limits(max_connections=200, max_keepalive_connections=20, keepalive_expiry=90)


def open_client(api_key: str | None, base_url: str | None, *, read_seconds: float) -> AsyncOpenAI:
    """One client a process. Retries are ours (`max_retries=0`): the SDK's own wait up to 8 s each.

    `read_seconds` bounds the silence between two pieces of an answer, not the whole of it.
    """
    timeout = httpx2.Timeout(read_seconds, connect=3, write=10, pool=2)
    base_url = base_url or f"https://{OPENAI_HOST}/v1"
    return AsyncOpenAI(
        api_key=api_key or "none",  # a compatible server on one's own machine asks for no key; the SDK insists
        base_url=base_url,
        timeout=timeout,
        max_retries=0,
        http_client=httpx2.AsyncClient(
            timeout=timeout, limits=LIMITS, follow_redirects=False, trust_env=not is_near(base_url)
        ),
    )


def is_official(base_url: str | None) -> bool:
    """Whether the server is OpenAI's own, whose parameters and token counting are known."""
    return base_url is None or (urlsplit(base_url).hostname or "").endswith("openai.com")


def failure_of(error: Exception) -> ModelFailed:
    """The reason code and the owner's sentence for whatever the SDK raised."""
    match error:
        case ModelFailed():
            return error
        case APITimeoutError():
            return RetryableFailure("timeout", f"{_host(error)} did not answer in time.")
        case APIConnectionError():
            return RetryableFailure("unreachable", f"The connection to {_host(error)} failed.")
        case APIStatusError():
            return _status_failure(error)
        case APIError():  # an error event in a stream that began with 200
            return _status_failure(error)
        case _:
            return ModelFailed("bad_response", f"The model's answer was not understood ({type(error).__name__}).")


def _status_failure(error: APIError) -> ModelFailed:
    status = error.status_code if isinstance(error, APIStatusError) else None
    code, host = word_of(error.code, error.type), _host(error)
    said = f"{host} answered {status or 'an error'}" + (f" ({code})" if code else "")
    if code in {"context_length_exceeded", "string_above_max_length"} or (
        # vLLM, llama.cpp and others say it only in words.
        status == 400 and re.search(r"context (length|size|window)", error.message, re.IGNORECASE)
    ):
        return ModelFailed("context_too_long", f"{said}: the passages do not fit into the model.")
    if code in {"content_policy_violation", "content_filter", "invalid_prompt"}:
        return ModelFailed("refused", f"{said}: the provider's safeguards declined the question.")
    if status == 402 or code in {"insufficient_quota", "billing_hard_limit_reached"}:
        return ModelFailed("quota", f"{said}: the account's quota is spent. Add credit with the provider.")
    if status == 401 or code == "invalid_api_key":
        return ModelFailed("wrong_key", f"{said}: the key is not accepted. Check OPENAI_API_KEY.")
    if status == 429 or code == "rate_limit_exceeded":
        return RetryableFailure(
            "rate_limited", f"{said}: too many requests for this account.", retry_after=_retry_after(error)
        )
    if status == 403:
        return ModelFailed("not_allowed", f"{said}: this account may not use the model.")
    if status == 404:
        return ModelFailed("not_allowed", f"{said}: no such model or address. Check MILO_CHAT and OPENAI_BASE_URL.")
    if status == 408:
        return RetryableFailure("timeout", f"{said}.")
    if status is None or status == 409 or status >= 500:
        return RetryableFailure("server_error", f"{said}.", retry_after=_retry_after(error))
    return ModelFailed("bad_response", f"{said}.")


def _host(error: APIError) -> str:
    return error.request.url.host or "the model's server"


def _retry_after(error: APIError) -> float | None:
    return retry_after_of(error.response.headers) if isinstance(error, APIStatusError) else None
