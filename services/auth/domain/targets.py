"""Addresses that webhooks may be sent to: read strictly, so that nobody downstream reads them otherwise.

Python, curl and browsers disagree about ``http://a@b``, ``http://0x7f.1`` or a tab in the middle. Whatever two readers
could take for different hosts is refused here, before anything is looked up.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Collection
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network

from services.auth.domain.errors import UrlNotAllowed

Address = IPv4Address | IPv6Address

LONGEST_URL = 2048
PORTS = frozenset({80, 443})
"""Ports that a webhook may be sent to, unless the settings name more."""

_SHAPE = re.compile(r"(https?)://([^/?#@:\\\[\]]+|\[[0-9a-fA-F:.]+\])(?::([0-9]{1,5}))?([/?][^#\\]*)?")
_VISIBLE = re.compile(r"[\x21-\x7e]+")
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
# The last label is no number, not even in the forms that C libraries read as one (0x7f, 017).
_NAME = re.compile(rf"(?:{_LABEL}\.)+(?=[a-z]){_LABEL}")
_INSIDE = (
    "localhost",
    "local",
    "internal",
    "localdomain",
    "lan",
    "home.arpa",
    "cluster.local",
    "svc",
    "onion",
)
_DEFAULT_PORTS = {"http": 80, "https": 443}

# All of the internet's IPv6 hosts lie in here; mapped, translated (NAT64) and link-local addresses do not.
_UNICAST = IPv6Network("2000::/3")
# IPv4 in the clothes of IPv6: 6to4 and Teredo.
_TUNNELS = (IPv6Network("2002::/16"), IPv6Network("2001::/32"))


@dataclass(frozen=True)
class Target:
    """Where an attempt goes, before the name is looked up."""

    scheme: str
    host: str
    """A name, or an address of this machine where that is allowed."""
    port: int
    path: str
    """Path and query."""

    @property
    def authority(self) -> str:
        """The ``Host`` header: the port is left out where it is the scheme's own."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"


@dataclass(frozen=True)
class TargetRules:
    """Which addresses are allowed."""

    ports: Collection[int] = PORTS
    loopback: bool = False
    """Whether this machine itself may be called, in plain text and on any port: for development alone."""

    def read(self, url: str) -> Target:
        """Raise UrlNotAllowed, with the rule that the address breaks."""
        shape = _SHAPE.fullmatch(url) if len(url) <= LONGEST_URL and _VISIBLE.fullmatch(url) else None
        if shape is None:
            raise _refused("form", "https://name/path, in ASCII, without user, fragment or backslash")
        scheme, host, port, path = shape.groups()
        target = Target(
            scheme, host.strip("[]").lower(), int(port or _DEFAULT_PORTS[scheme]), _absolute(path or "/")
        )
        if self.loopback and _is_loopback(target.host):
            return target
        self._refuse_inside(target)
        return target

    def _refuse_inside(self, target: Target) -> None:
        if target.scheme != "https":
            raise _refused("scheme", "https")
        if target.port not in self.ports:
            raise _refused("port", ", ".join(str(port) for port in sorted(self.ports)))
        if not _NAME.fullmatch(target.host) or len(target.host) > 253:
            raise _refused("host", "a public host name")
        if any(target.host == name or target.host.endswith(f".{name}") for name in _INSIDE):
            raise _refused("host", "a public host name")

    def admit(self, target: Target, addresses: Collection[Address]) -> None:
        """Raise UrlNotAllowed unless every address that the name leads to is one of the internet."""
        if not addresses:
            raise _refused("host", "a name that can be looked up")
        if self.loopback and _is_loopback(target.host):
            if not all(address.is_loopback for address in addresses):
                raise _refused("address", "an address of this machine")
        elif not all(is_public(address) for address in addresses):
            raise _refused("address", "an address of the internet")


def is_public(address: Address) -> bool:
    """Whether it leads to one host of the internet: neither private, nor reserved, nor a way round to such a one."""
    if isinstance(address, IPv6Address) and (
        address not in _UNICAST or any(address in tunnel for tunnel in _TUNNELS)
    ):
        return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _absolute(path: str) -> str:
    return path if path.startswith("/") else f"/{path}"


def _refused(rule: str, limit: str) -> UrlNotAllowed:
    return UrlNotAllowed(rule, limit)
