"""Images and what is told about them.

``python -m deploy.docker build`` builds every image and proves that it works (``make images``), ``sbom`` writes the bills
of materials (``make sbom``), ``sizes`` the table, and ``pin`` puts the digests of the bases into the Dockerfile.
"""

from __future__ import annotations

import argparse
import sys

from deploy.docker import bases, images, pins, proof, report, sbom
from deploy.docker.buildah import ImagesFailed, Store, refuse_without_tools
from deploy.docker.licences import LicenceRefused
from deploy.docker.settings import ImagesSettings


def build(settings: ImagesSettings) -> None:
    """Every image, started and used."""
    store = Store(settings)
    bases.ensure(store, settings)
    images.build(store)
    seen = proof.prove(settings)
    report.write(store, seen)


def write_sboms(settings: ImagesSettings) -> None:
    """One bill of materials per image that was built."""
    store = Store(settings)
    for service in images.SERVICES:
        with store.mounted(images.tag(service)) as root:
            file = sbom.write(store.inspect(images.tag(service)), root, service, settings.sbom_dir)
        print(file)


def pin(_: ImagesSettings) -> None:
    """Digests of all public images, asked of their registries."""
    for file in pins.FILES:
        pins.pin(file, pins.digest)


COMMANDS = {"build": build, "sbom": write_sboms, "pin": pin}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m deploy.docker", description=__doc__)
    parser.add_argument("command", choices=COMMANDS)
    command = parser.parse_args().command
    try:
        if command != "pin":
            refuse_without_tools()
        COMMANDS[command](ImagesSettings())
    except (ImagesFailed, LicenceRefused) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
