"""Certificates as servers have them, good and bad, by an authority of the test's own. Keys are made once."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

NOW = datetime.now(UTC)
_PEM = serialization.Encoding.PEM


@dataclass(frozen=True)
class Authority:
    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @property
    def pem(self) -> str:
        return self.certificate.public_bytes(_PEM).decode()


@cache
def authority(name: str = "Test Authority") -> Authority:
    key = ec.generate_private_key(ec.SECP256R1())
    builder = _builder(name, name, key, NOW - timedelta(days=2), NOW + timedelta(days=2)).add_extension(
        x509.BasicConstraints(ca=True, path_length=None), critical=True
    )
    return Authority(builder.sign(key, hashes.SHA256()), key)


def server_context(
    folder: Path,
    name: str,
    *,
    by: Authority | None = None,
    days: tuple[int, int] = (-1, 1),
    itself: bool = False,
) -> ssl.SSLContext:
    """What a server of that name listens with. `days`: from and until when it is valid; `itself`: self-signed."""
    by = by or authority()
    key = ec.generate_private_key(ec.SECP256R1())
    issuer = name if itself else "Test Authority" if by is authority() else "Unknown Authority"
    builder = _builder(name, issuer, key, NOW + timedelta(days=days[0]), NOW + timedelta(days=days[1])).add_extension(
        x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False
    )
    signed = builder.sign(key if itself else by.key, hashes.SHA256())
    path = folder / f"{name}-{'-'.join(map(str, days))}-{itself}.pem"
    path.write_bytes(
        key.private_bytes(_PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + signed.public_bytes(_PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context


def trusting(by: Authority | None = None) -> ssl.SSLContext:
    """What our side trusts: the test's authority and nobody else."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cadata=(by or authority()).pem)
    return context


def _builder(
    name: str, issuer: str, key: ec.EllipticCurvePrivateKey, since: datetime, until: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(since)
        .not_valid_after(until)
    )
