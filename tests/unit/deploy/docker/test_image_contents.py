"""What an image must not hold is found."""

from __future__ import annotations

from pathlib import Path

import pytest

from deploy.docker import contents

AUTHORITIES = "etc/ssl/certs/ca-certificates.crt"


def put(root: Path, name: str, text: str = "") -> Path:
    file = root / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    return file


@pytest.fixture
def base(tmp_path: Path) -> Path:
    put(tmp_path / "base", AUTHORITIES, "Debian's")
    return tmp_path / "base"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    image = tmp_path / "image"
    put(image, AUTHORITIES, "Debian's")
    put(image, "usr/bin/python3")
    put(image, "opt/venv/lib/python3.11/site-packages/package.py")
    put(image, "app/services/auth/settings.py")
    put(image, "app/services/auth/__pycache__/settings.cpython-311.pyc")
    return image


def test_a_clean_image_has_no_fault(root: Path, base: Path) -> None:
    assert [fault for fault in contents.faults(root, base) if "may be changed" not in fault] == []


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("usr/local/bin/pip3", "/usr/local/bin/pip3 installs or fetches things."),
        ("usr/bin/gcc", "/usr/bin/gcc installs or fetches things."),
        ("usr/lib/python3.11/ensurepip/__init__.py", "/usr/lib/python3.11/ensurepip installs things."),
        ("etc/pip.conf", "/etc/pip.conf is left over from the build."),
        ("root/.npmrc", "/root/.npmrc is left over from the build."),
        ("app/services/auth/servicer.py", "/app/services/auth/servicer.py is not compiled."),
    ],
)
def test_what_should_not_be_there_is_named(root: Path, base: Path, name: str, fault: str) -> None:
    assert fault not in contents.faults(root, base)
    put(root, name)
    assert fault in contents.faults(root, base)


def test_the_building_machine_s_authorities_are_not_delivered(root: Path, base: Path) -> None:
    put(root, AUTHORITIES, "Debian's and a company's")
    assert f"/{AUTHORITIES} is the building machine's." in contents.faults(root, base)


def test_code_that_anybody_may_write_is_found(root: Path, base: Path) -> None:
    (root / "app/services/auth/settings.py").chmod(0o666)
    assert "/app/services/auth/settings.py may be changed by the service." in contents.faults(root, base)
