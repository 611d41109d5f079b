"""The bill of materials of a built image, as CycloneDX: what lies in its files, with licences."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from importlib.metadata import distributions
from pathlib import Path

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom, BomMetaData
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.model.dependency import Dependency
from cyclonedx.output.json import JsonV1Dot6
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL

from deploy.docker import licences
from deploy.docker.buildah import Image, ImagesFailed, run
from deploy.docker.settings import ROOT

_licence = LicenseFactory()


def site_packages(root: Path) -> Path:
    """Where an image's packages lie."""
    (found,) = (root / "opt/venv/lib").glob("python3.*/site-packages")
    return found


def write(image: Image, root: Path, service: str, folder: Path) -> Path:
    """Write `<folder>/atelier-<service>.cdx.json`, which keeps the schema, and give it.

    Raises LicenceRefused for a package that must not be delivered.
    """
    packages = list(distributions(path=[str(site_packages(root)), str(root / "app")]))
    licences.check(licences.collect(packages))
    components = [*python_packages(root), interpreter(root), *debian_packages(root), *models(root)]
    if service == "gateway":
        components += web_packages(ROOT / "web" / "package-lock.json")
    own = Component(
        name=f"atelier-{service}", version=image.name.rpartition(":")[2], type=ComponentType.CONTAINER
    )
    bom = Bom(
        components=components,
        # All that the image holds; who wanted whom the locks do not say.
        dependencies=[Dependency(own.bom_ref, map(Dependency, (each.bom_ref for each in components)))],
        metadata=BomMetaData(component=own),
        # The same image has the same bill.
        serial_number=uuid.uuid5(uuid.NAMESPACE_OID, image.digest),
    )
    text = JsonV1Dot6(bom).output_as_string(indent=1)
    if fault := JsonStrictValidator(SchemaVersion.V1_6).validate_str(text):
        raise ImagesFailed(f"The bill of {image.name} breaks the schema: {fault}")
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"atelier-{service}.cdx.json"
    file.write_text(text, "utf-8")
    return file


def python_packages(root: Path) -> Iterator[Component]:
    """What pip installed, and the platform itself."""
    for package in distributions(path=[str(site_packages(root)), str(root / "app")]):
        name = package.metadata["Name"]
        yield Component(
            name=name,
            version=package.version,
            type=ComponentType.LIBRARY,
            licenses=[_licence.make_from_string(licences.of(package))],
            purl=PackageURL("pypi", name=name.lower().replace("_", "-"), version=package.version),
            bom_ref=f"pypi:{name}",
        )


def interpreter(root: Path) -> Component:
    """Python itself, which the public base has from no package."""
    lines = (root / "opt/venv/pyvenv.cfg").read_text().splitlines()
    version = next(line.partition("=")[2].strip() for line in lines if line.startswith("version"))
    return Component(
        name="python",
        version=version,
        type=ComponentType.PLATFORM,
        licenses=[_licence.make_from_string("PSF-2.0")],
        purl=PackageURL("generic", name="python", version=version),
        bom_ref="python",
    )


def debian_packages(root: Path) -> Iterator[Component]:
    """What the base brings; their licences are texts in /usr/share/doc, which no field names."""
    told = run(
        [
            "dpkg-query",
            f"--admindir={root}/var/lib/dpkg",
            "--show",
            "--showformat=${Package} ${Version} ${Architecture}\n",
        ]
    )
    for line in told.splitlines():
        name, version, architecture = line.split()
        yield Component(
            name=name,
            version=version,
            type=ComponentType.LIBRARY,
            purl=PackageURL(
                "deb", "debian", name, version, qualifiers={"arch": architecture, "distro": "debian-12"}
            ),
            bom_ref=f"deb:{name}:{architecture}",
        )


def models(root: Path) -> Iterator[Component]:
    """The trained files, by their manifests."""
    for manifest in sorted((root / "app/models").glob("*/manifest.json")):
        told = json.loads(manifest.read_bytes())
        yield Component(
            name=told["name"],
            version=told["version"],
            type=ComponentType.MACHINE_LEARNING_MODEL,
            licenses=[_licence.make_from_string(told["licence"])],
            hashes=[
                HashType(alg=HashAlgorithm.SHA_256, content=file["sha256"]) for file in told["files"].values()
            ],
            bom_ref=f"model:{told['name']}",
        )


def web_packages(lock: Path) -> Iterator[Component]:
    """What the web page is bundled from."""
    for path, package in json.loads(lock.read_bytes())["packages"].items():
        if path and not package.get("dev"):
            name = path.rpartition("node_modules/")[2]
            yield Component(
                name=name,
                version=package["version"],
                type=ComponentType.LIBRARY,
                licenses=[_licence.make_from_string(package["license"])] if "license" in package else [],
                purl=PackageURL("npm", name=name, version=package["version"]),
                bom_ref=f"npm:{path}",
            )
