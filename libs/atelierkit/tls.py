"""The certificate that this process shows and the authorities that it trusts, read again when their files change.

A renewed certificate is used from the next handshake on: neither a restart nor a lost call.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from prometheus_client import Gauge

from atelierkit.logs import get_logger
from atelierkit.settings import Tls

CERTIFICATE_EXPIRY = Gauge(
    "atelier_tls_certificate_expiry_timestamp_seconds",
    "Unix time at which the certificate in use expires; of the authorities, the first one.",
    ["certificate"],  # own | authority
)

LOOK_EVERY_S = 1.0
"""How often a client looks at its files, at most: that costs 5 us, and the reading of a clock in between nothing."""

_log = get_logger(__name__)


@dataclass(frozen=True)
class Material:
    """PEM bytes that were read at one time and belong together."""

    certificate: bytes
    key: bytes
    authorities: bytes


class Certificates:
    """The three PEM files of a ``Tls``. OSError where they cannot be used at the start.

    Later, files that cannot be used change nothing but the log: they may be in the middle of being
    replaced, and what was read before goes on being used.
    """

    def __init__(self, files: Tls, *, look_every_s: float = 0.0) -> None:
        self._files = files
        self._look_every_s = look_every_s
        self._stamp = _stamp(files)
        self._material = _read(files)
        self._next_look = 0.0

    def current(self) -> Material:
        """What to show and trust now: the same object as long as the files stay the same."""
        now = time.monotonic()
        if now >= self._next_look:
            self._next_look = now + self._look_every_s
            self._look()
        return self._material

    def _look(self) -> None:
        try:
            # Before reading: what changes meanwhile is seen by the next look.
            stamp = _stamp(self._files)
            if stamp == self._stamp:
                return
            self._stamp = stamp
            material = _read(self._files)
        except OSError as error:
            _log.warning("certificate not taken", cause=str(error))
            return
        if material != self._material:
            self._material = material
            _log.info("certificate renewed", file=str(self._files.cert))


def server_credentials(certificates: Certificates) -> grpc.ServerCredentials:
    """Credentials that demand a client's certificate, and look for renewed files at every handshake."""
    given = certificates.current()

    def renewed() -> grpc.ServerCertificateConfiguration | None:
        nonlocal given
        material = certificates.current()
        if material is given:
            return None
        given = material
        return _configuration(material)

    # None, for "nothing has changed", is missing in the published types.
    fetch: Any = renewed
    return grpc.dynamic_ssl_server_credentials(
        _configuration(given), fetch, require_client_authentication=True
    )


def channel_credentials(material: Material) -> grpc.ChannelCredentials:
    """Credentials of a client that shows its own certificate too."""
    return grpc.ssl_channel_credentials(material.authorities, material.key, material.certificate)


def _configuration(material: Material) -> grpc.ServerCertificateConfiguration:
    return grpc.ssl_server_certificate_configuration(
        [(material.key, material.certificate)], root_certificates=material.authorities
    )


def _stamp(files: Tls) -> tuple[tuple[int, int] | None, ...]:
    """What changes when a file is written or replaced: of a mounted secret, the inode alone may."""
    return tuple(_state(path) for path in (files.cert, files.key, files.client_ca))


def _state(path: Path) -> tuple[int, int] | None:
    try:
        state = path.stat()
    except FileNotFoundError:
        return None
    return state.st_ino, state.st_mtime_ns


def _read(files: Tls) -> Material:
    """The files' bytes, once they are known to work together; publishes when they expire."""
    material = Material(files.cert.read_bytes(), files.key.read_bytes(), files.client_ca.read_bytes())
    try:
        own, *_ = x509.load_pem_x509_certificates(material.certificate)
        authorities = x509.load_pem_x509_certificates(material.authorities)
        key = load_pem_private_key(material.key, password=None)
    except (ValueError, TypeError) as error:
        raise OSError(f"{files.cert}, {files.key} and {files.client_ca} are not all PEM files") from error
    if key.public_key() != own.public_key():
        raise OSError(f"{files.key} is not the key of {files.cert}")
    CERTIFICATE_EXPIRY.labels("own").set(own.not_valid_after_utc.timestamp())
    CERTIFICATE_EXPIRY.labels("authority").set(
        min(authority.not_valid_after_utc.timestamp() for authority in authorities)
    )
    return material
