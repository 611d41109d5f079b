"""A certificate authority of this machine's own, and the services' certificates: for `make run` with mTLS, and tests.

In a cluster cert-manager does this (`deploy/k8s`). Names are those that the services check: a DNS name for whoever
calls, a SPIFFE id for whoever is called.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from atelierkit.settings import ServiceSettings, Tls

LIFE = timedelta(days=30)
_SKEW = timedelta(minutes=5)
_PREFIX: str = ServiceSettings.model_fields["peer_prefix"].default


class Authority:
    """Signs certificates; its own key lives in this object alone."""

    def __init__(self, name: str = "atelier", *, life: timedelta = LIFE) -> None:
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        self._key = ec.generate_private_key(ec.SECP256R1())
        constraints = x509.BasicConstraints(ca=True, path_length=0)
        certificate = self._unsigned(self._name, self._key.public_key(), life).add_extension(
            constraints, critical=True
        )
        self.pem = _pem(certificate.sign(self._key, hashes.SHA256()))

    def issue(
        self,
        service: str,
        folder: Path,
        *,
        life: timedelta = LIFE,
        trusted: bytes | None = None,
        at: str = "127.0.0.1",
        also: Sequence[str] = (),
    ) -> Tls:
        """Write a service's key, certificate and trusted authorities (this one) into the folder, as cert-manager does.

        The rest is for tests: a negative ``life`` gives a certificate that has expired, ``at`` one for another
        machine, ``also`` one that names further services.
        """
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"atelier-{service}")])
        names = x509.SubjectAlternativeName(
            [
                x509.DNSName(f"atelier-{service}"),
                x509.DNSName(f"atelier-{service}.atelier.svc"),
                x509.IPAddress(ipaddress.ip_address(at)),
                *(x509.UniformResourceIdentifier(_PREFIX + name) for name in (service, *also)),
            ]
        )
        certificate = self._unsigned(subject, key.public_key(), life).add_extension(names, critical=False)
        tls = Tls(folder / "tls.crt", folder / "tls.key", folder / "ca.crt")
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _replace(tls.client_ca, trusted or self.pem)
        _replace(tls.key, _secret(key))
        _replace(tls.cert, _pem(certificate.sign(self._key, hashes.SHA256())))
        return tls

    def _unsigned(
        self, subject: x509.Name, key: ec.EllipticCurvePublicKey, life: timedelta
    ) -> x509.CertificateBuilder:
        end = datetime.now(UTC) + life
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(min(datetime.now(UTC), end) - _SKEW)
            .not_valid_after(end)
        )


def _replace(path: Path, data: bytes) -> None:
    """Write the file whole or not at all, readable by its owner alone."""
    fresh = path.with_suffix(path.suffix + ".new")
    fresh.touch(mode=0o600)
    fresh.write_bytes(data)
    fresh.replace(path)


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _secret(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
