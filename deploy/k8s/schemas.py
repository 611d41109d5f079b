"""Manifests against the schemas of Kubernetes, three versions of it, and of the operators' own resources.

Kubernetes' come from the package kubernetes-validate, strict: a field that it does not know is a fault. The operators' are
TypeScript types made from their definitions: each manifest is written as a typed literal, and the compiler says what it
thinks of it, unknown fields included.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterable, Mapping

import kubernetes_validate

from deploy.k8s.render import HERE, ROOT, Manifest, title

VERSIONS = ("1.35", "1.36", "1.37")
"""Versions of Kubernetes that the platform is deployed to: the newest three that there are schemas for."""

PACKAGES: Mapping[str, str] = {
    "cert-manager.io": "cert-manager",
    "external-secrets.io": "external-secrets",
    "gateway.networking.k8s.io": "gateway-api",
    "keda.sh": "keda",
    "monitoring.coreos.com": "prometheus-operator",
    "postgresql.cnpg.io": "cloudnative-pg",
}
"""Package of types by API group."""

_OWN_TYPES = ("barmancloud.cnpg.io",)
"""Groups that nobody publishes types of: ours lie in deploy/k8s/custom-resources."""

_TYPES = ROOT / ".tools" / "custom-resources"
_COMPILER = _TYPES / "node_modules" / ".bin" / "tsc"
_OPTIONS = (
    "--noEmit",
    "--strict",
    "--skipLibCheck",
    "--target",
    "es2022",
    "--module",
    "nodenext",
    "--pretty",
    "false",
)


def faults(manifests: Iterable[Manifest], version: str) -> list[str]:
    """What Kubernetes' own schemas of that version say of its own kinds."""
    found = []
    for manifest in manifests:
        if _is_custom(manifest):
            continue
        try:
            kubernetes_validate.validate(manifest, version, strict=True)
        except kubernetes_validate.ValidationError as error:
            where = ".".join(str(part) for part in error.path)
            found.append(f"{title(manifest)} on {version}: {where}: {error.message}")
        except kubernetes_validate.SchemaNotFoundError as error:
            found.append(f"{title(manifest)} on {version}: {error.message}")
    return found


def custom_faults(manifests: Iterable[Manifest], name: str) -> list[str]:
    """What the operators' types say of their kinds; `name` keeps the file of one caller apart from another's."""
    custom = [manifest for manifest in manifests if _is_custom(manifest)]
    # Beside the packages, for our own types stand on theirs.
    for group in _OWN_TYPES:
        shutil.copytree(HERE / "custom-resources" / group, _TYPES / group, dirs_exist_ok=True)
    source = _TYPES / "build" / f"{name}.mts"
    source.parent.mkdir(exist_ok=True)
    source.write_text("".join(_typed(number, manifest) for number, manifest in enumerate(custom)), "utf-8")
    done = subprocess.run(  # noqa: S603  our own compiler and file
        [str(_COMPILER), *_OPTIONS, str(source)], capture_output=True, text=True, check=False
    )
    told = [line for line in done.stdout.splitlines() if "error TS" in line]
    if done.returncode != 0 and not told:
        raise RuntimeError(f"the compiler failed: {done.stdout}{done.stderr}")
    return [_placed(line, custom) for line in told]


def _is_custom(manifest: Manifest) -> bool:
    return _group(manifest) in PACKAGES or _group(manifest) in _OWN_TYPES


def _group(manifest: Manifest) -> str:
    group, _, version = str(manifest["apiVersion"]).rpartition("/")
    return group if version else ""


def _typed(number: int, manifest: Manifest) -> str:
    """One line a manifest, so that the line of a fault is the number of its manifest."""
    place = f"{manifest['apiVersion']}/{manifest['kind']}"
    package = PACKAGES.get(_group(manifest))
    path = f"../{place}.mjs" if package is None else f"@kubernetes-models/{package}/{place}"
    name = f"I{manifest['kind']}"
    return f'import type {{ {name} as T{number} }} from "{path}"; export const m{number}: T{number} = {json.dumps(manifest)};\n'


def _placed(line: str, custom: list[Manifest]) -> str:
    matched = re.search(r"\((\d+),\d+\): error TS\d+: (.*)", line)
    if matched is None:
        return line
    return f"{title(custom[int(matched[1]) - 1])}: {matched[2]}"
