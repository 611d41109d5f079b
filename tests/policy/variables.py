"""The environment that a container ends up with: what its image sets, what its ConfigMaps say, what its Secrets hold."""

from __future__ import annotations

import re
from functools import cache

from deploy.k8s.render import ROOT
from tests.policy.objects import Manifests, Workload, named

SECRET = "from a Secret"
_STAGE = re.compile(r"^FROM \S+ AS (?P<name>\S+)$", re.MULTILINE)


@cache
def image_variables(target: str) -> dict[str, str]:
    """What the Dockerfile's stage sets by ENV."""
    text = (ROOT / "deploy" / "docker" / "Dockerfile").read_text("utf-8")
    stages = list(_STAGE.finditer(text))
    start = next(stage for stage in stages if stage["name"] == target)
    end = next((stage.start() for stage in stages if stage.start() > start.start()), len(text))
    joined = text[start.end() : end].replace("\\\n", " ")
    lines = re.findall(r"^ENV (.*)$", joined, re.MULTILINE)
    return dict(pair.split("=", 1) for line in lines for pair in line.split())


def variables(manifests: Manifests, workload: Workload) -> dict[str, str]:
    """By name; the value of a Secret's is a mark, for nobody knows it here."""
    container = workload.pod["containers"][0]
    values: dict[str, str] = {}
    for source in container.get("envFrom", []):
        if "configMapRef" in source:
            values |= named(manifests, "ConfigMap", source["configMapRef"]["name"])["data"]
    for item in container.get("env", []):
        values[item["name"]] = item.get("value", SECRET)
    return values
