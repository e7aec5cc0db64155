"""Errors that a visitor or an owner can read. Raised anywhere, rendered at the edges.

Each carries one sentence (what happened and what to do), a short code for scripts and the HTTP
status it maps to. Once a stream has begun, the edge turns them into an event instead.
"""

from __future__ import annotations


class MiloError(Exception):
    """`sentence` is shown as it is: no secret, no stack, no other person's data."""

    status = 400
    code = "error"

    def __init__(self, sentence: str, *, code: str | None = None, retry_after: int | None = None):
        super().__init__(sentence)
        self.sentence = sentence
        self.code = code or type(self).code
        self.retry_after = retry_after  # seconds


class BadInput(MiloError):
    status = 400
    code = "bad_input"


class NotSignedIn(MiloError):
    status = 401
    code = "not_signed_in"


class NotAllowed(MiloError):
    status = 403
    code = "not_allowed"


class NotFound(MiloError):
    status = 404
    code = "not_found"

    def __init__(self, sentence: str = "There is nothing here.", *, code: str | None = None):
        super().__init__(sentence, code=code)


class Conflict(MiloError):
    status = 409
    code = "conflict"


class TooLarge(MiloError):
    status = 413
    code = "too_large"


class Unprocessable(MiloError):
    status = 422
    code = "unprocessable"


class TooMany(MiloError):
    status = 429
    code = "too_many"


class Unavailable(MiloError):
    status = 503
    code = "unavailable"


class ConfigurationError(MiloError):
    """A setting is missing or wrong; the start is refused with the names of all of them."""

    status = 500
    code = "configuration"
