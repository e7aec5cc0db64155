"""What is wrong with a secure connection, as the end of the owner's sentence. Called by outbound_wire.py.

In: the exception of a handshake. Out: one of the phrases below; OpenSSL's verify codes are stable
(include/openssl/x509_vfy.h), its reason words are those of Python's ssl module.
"""

from __future__ import annotations

import ssl

NO_TLS = "nothing there speaks https"
CLOSED = "it closed the connection before https was agreed on"
EXPIRED = "its certificate has expired"
NOT_YET = "its certificate is not valid yet"
WRONG_NAME = "its certificate is for another name"
SELF_SIGNED = "its certificate is signed by nobody but itself"
UNKNOWN_ISSUER = "its certificate comes from an issuer that browsers do not know, or an intermediate one is missing"
REVOKED = "its certificate was withdrawn"
OUTDATED = "it speaks only versions of https that are no longer safe"
NOT_SERVED = "it does not serve this name over https"
FAILED = "the handshake failed"

_BY_CODE = {
    9: NOT_YET, 10: EXPIRED, 18: SELF_SIGNED, 19: UNKNOWN_ISSUER, 20: UNKNOWN_ISSUER, 21: UNKNOWN_ISSUER,
    23: REVOKED, 62: WRONG_NAME, 64: WRONG_NAME,
}  # fmt: skip
_BY_REASON = {
    "WRONG_VERSION_NUMBER": NO_TLS,
    "RECORD_LAYER_FAILURE": NO_TLS,
    "PACKET_LENGTH_TOO_LONG": NO_TLS,
    "UNKNOWN_PROTOCOL": NO_TLS,
    "HTTP_REQUEST": NO_TLS,
    "BAD_RECORD_TYPE": NO_TLS,
    "UNEXPECTED_MESSAGE": NO_TLS,
    "UNSUPPORTED_PROTOCOL": OUTDATED,
    "TLSV1_ALERT_PROTOCOL_VERSION": OUTDATED,
    "VERSION_TOO_LOW": OUTDATED,
    "TLSV1_UNRECOGNIZED_NAME": NOT_SERVED,
    "SSLV3_ALERT_HANDSHAKE_FAILURE": NOT_SERVED,
}


def name_failure(error: BaseException) -> str:
    """CLOSED where there is no word of OpenSSL's at all: the other side went away in the middle."""
    cause: BaseException | None = error
    seen: set[int] = set()
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        if isinstance(cause, ssl.SSLCertVerificationError):
            return _BY_CODE.get(cause.verify_code, FAILED)
        if isinstance(cause, ssl.SSLEOFError):
            return CLOSED
        if isinstance(cause, ssl.SSLError):
            return _BY_REASON.get(cause.reason or "", FAILED)
        cause = cause.__cause__ or cause.__context__
    return CLOSED
