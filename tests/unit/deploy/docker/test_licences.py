"""No service delivers a package whose licence nobody has read."""

from __future__ import annotations

import re
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

import pytest

from deploy.docker import licences
from deploy.local.topology import CALLS

REQUIREMENTS = Path(__file__).parents[4] / "requirements"
LOCKS = (*(f"{service}.lock" for service in CALLS), "mesher-scans.lock")
NOT_INSTALLED_HERE = {"tzdata", "async-timeout"}
"""For other systems, and for Python before 3.11.3."""


def packages(lock: str) -> list[Distribution]:
    """The lock's packages as they are installed here: the locks and the development's one agree on versions."""
    found = []
    for name in re.findall(r"^([a-z0-9._-]+)==", (REQUIREMENTS / lock).read_text(), re.MULTILINE):
        try:
            found.append(distribution(name))
        except PackageNotFoundError:
            assert name in NOT_INSTALLED_HERE
    return found


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_of_a_service_may_be_delivered(lock: str) -> None:
    collected = licences.collect(packages(lock))
    assert len(collected) > 20
    licences.check(collected)


@pytest.mark.parametrize(
    "licence",
    [
        "GPL-3.0-or-later",
        "AGPL-3.0-only",
        "LGPL-3.0-only",
        "CC-BY-NC-4.0",
        "SSPL-1.0",
        "MIT AND GPL-2.0-only",
        "GNU General Public License v3 (GPLv3)",
        "unknown",
        "",
    ],
)
def test_what_is_not_permissive_or_not_known_is_refused(licence: str) -> None:
    with pytest.raises(licences.LicenceRefused, match="some-package"):
        licences.check({"some-package": licence})


def test_a_choice_may_be_made_for_the_permissive_side() -> None:
    licences.check({"some-package": "GPL-2.0-only OR (MIT AND BSD-3-Clause)"})


def test_a_review_holds_for_the_licence_that_was_read() -> None:
    package, (licence, reason) = next(iter(licences.REVIEWED.items()))
    assert reason
    licences.check({package: licence})
    with pytest.raises(licences.LicenceRefused):
        licences.check({package: "AGPL-3.0-only"})


def test_every_review_is_of_a_package_that_is_delivered() -> None:
    delivered = {name for lock in LOCKS for name in licences.collect(packages(lock))}
    assert set(licences.REVIEWED) <= delivered
