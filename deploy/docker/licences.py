"""Which licences the packages of a service may have.

A list of what is allowed, not of what is forbidden: a licence that nobody has read yet stops the build.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from importlib.metadata import Distribution

from license_expression import AND, LicenseSymbol, Licensing

ALLOWED = frozenset(
    {
        *("0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "ISC", "MIT", "MIT-0"),
        *("MIT-CMU", "PSF-2.0", "Unlicense", "Zlib"),
    }
)
"""SPDX names of permissive licences: no copyleft, no field of use that is forbidden."""

REVIEWED: Mapping[str, tuple[str, str]] = {
    "certifi": (
        "MPL-2.0",
        "Mozilla's list of authorities, as published; copyleft reaches its own files alone",
    ),
    "psycopg": ("LGPL-3.0-only", "imported as published, from files of its own that anybody can replace"),
    "psycopg-binary": (
        "LGPL-3.0-only",
        "as psycopg; its wheel also brings libpq and OpenSSL, which are permissive",
    ),
    "psycopg-pool": ("LGPL-3.0-only", "as psycopg, whose part it is; procrastinate brings it"),
    "usd-core": ("LicenseRef-TOST-1.0", "Apache-2.0 with another paragraph on trademarks"),
}
"""Packages whose licence is not in the list and was read: the licence, and why it is taken."""

_SPOKEN: Mapping[str, str] = {
    "3-Clause BSD License": "BSD-3-Clause",
    "Apache 2": "Apache-2.0",
    "Apache 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "BSD": "BSD-3-Clause",
    "BSD 3-Clause License": "BSD-3-Clause",
    "BSD License": "BSD-3-Clause",
    "ISC License (ISCL)": "ISC",
    "ISC license": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
}
"""How packages without an SPDX expression name their licence."""

_SPDX = re.compile(r"[A-Za-z][\w.+]*(-[\w.+]+)+|MIT|ISC|Zlib|Unlicense")
_licensing = Licensing()


class LicenceRefused(Exception):
    """A package's licence is not one that may be delivered; the text says which and why."""


def of(distribution: Distribution) -> str:
    """The SPDX expression of an installed package, or the words that it uses where those say nothing known."""
    told = distribution.metadata
    if "License-Expression" in told:
        return told["License-Expression"]
    words = [
        " ".join(told.get_all("License") or ()).strip().partition("\n")[0],
        *(
            line.rpartition(" :: ")[2]
            for line in told.get_all("Classifier") or ()
            if line.startswith("License ::")
        ),
    ]
    known = [_SPOKEN.get(word, word) for word in words if word in _SPOKEN or _SPDX.fullmatch(word)]
    return known[0] if known else " / ".join(filter(None, words)) or "unknown"


def check(licences: Mapping[str, str]) -> None:
    """Raise LicenceRefused unless each package's licence is allowed, or was reviewed under that very name."""
    refused = [
        f"{package}: {licence}"
        for package, licence in sorted(licences.items())
        if not (_is_allowed(licence) or (package in REVIEWED and REVIEWED[package][0] == licence))
    ]
    if refused:
        raise LicenceRefused(
            f"Not to be delivered before somebody has read the licence: {'; '.join(refused)}."
        )


def collect(distributions: Iterable[Distribution]) -> dict[str, str]:
    """The licence of each package by its normalised name."""
    return {
        each.metadata["Name"].lower().replace("_", "-").replace(".", "-"): of(each) for each in distributions
    }


def _is_allowed(licence: str) -> bool:
    """Every part of an AND is allowed, and one part of an OR."""
    try:
        parsed = _licensing.parse(licence)
    except Exception:  # noqa: BLE001 - words that are no expression; for some the parser has IndexError and AssertionError
        return False
    return parsed is not None and _holds(parsed)


def _holds(node: object) -> bool:
    if isinstance(node, LicenseSymbol):
        return node.key in ALLOWED
    parts = [_holds(part) for part in getattr(node, "args", ())]
    return bool(parts) and (all(parts) if isinstance(node, AND) else any(parts))
