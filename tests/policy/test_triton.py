"""The inference server: the arguments that were tried, the cards that it asks for, and who may reach it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from deploy.k8s.render import ROOT, render
from deploy.triton.arguments import Ports, arguments
from tests.policy.objects import deployments, named, of_kind, ports
from tests.policy.variables import variables

WITH_TRITON = ("staging", "prod-gpu")
TLS = {"--grpc-server-cert": "tls.crt", "--grpc-server-key": "tls.key", "--grpc-root-cert": "ca.crt"}


@pytest.mark.parametrize("overlay", WITH_TRITON)
def test_it_runs_as_it_was_tried_and_with_certificates(overlay: str) -> None:
    servers = [each for each in deployments(render(f"overlays/{overlay}")) if "triton" in each.name]
    assert servers
    for each in servers:
        (container,) = each.pod["containers"]
        tried = ["tritonserver", *arguments(Path("/models"), Ports())]
        assert container["args"][: len(tried)] == tried
        secured = dict(argument.split("=") for argument in container["args"][len(tried) :])
        assert secured == {
            "--grpc-use-ssl-mutual": "true",
            **{key: f"/etc/atelier/tls/{name}" for key, name in TLS.items()},
        }
        assert ports(each) == {"http": Ports.http, "grpc": Ports.grpc, "metrics": Ports.metrics}
        # The repository of the one image names cards, that of the other does not.
        has_card = "nvidia.com/gpu" in container["resources"]["limits"]
        assert container["image"].split("/")[-1].split(":")[0] == (
            "atelier-triton-gpu" if has_card else "atelier-triton"
        )


@pytest.mark.parametrize("overlay", WITH_TRITON)
def test_the_generator_shows_its_certificate(overlay: str) -> None:
    manifests = render(f"overlays/{overlay}")
    generator = next(each for each in deployments(manifests) if each.service == "generator")
    assert variables(manifests, generator)["ATELIER_GENERATOR_INFERENCE_TLS"] == "true"
    certificate = named(manifests, "Certificate", "atelier-triton")["spec"]
    host = (
        variables(manifests, generator)["ATELIER_GENERATOR_INFERENCE"].removeprefix("dns:///").split(":")[0]
    )
    assert host in certificate["dnsNames"]


def test_cards_are_asked_for_where_there_are_cards_alone() -> None:
    manifests = render("overlays/prod-gpu")
    for each in deployments(manifests):
        (container,) = each.pod["containers"]
        wants = container["resources"]["limits"].get("nvidia.com/gpu")
        pools = each.pod.get("affinity", {}).get("nodeAffinity")
        tolerated = [item["key"] for item in each.pod.get("tolerations", [])]
        if each.name == "atelier-triton":
            assert (wants, tolerated) == ("1", ["nvidia.com/gpu"])
            assert "atelier.dev/pool" in str(pools)
        else:
            assert (wants, pools, tolerated) == (None, None, [])


def test_the_fallback_answers_behind_the_same_name() -> None:
    manifests = render("overlays/prod-gpu")
    selector = named(manifests, "Service", "atelier-triton")["spec"]["selector"]
    found = {each.name for each in deployments(manifests) if selector.items() <= each.labels.items()}
    assert found == {"atelier-triton", "atelier-triton-cpu"}
    (fallback,) = [
        item
        for item in of_kind(manifests, "ScaledObject")
        if item["metadata"]["name"] == "atelier-triton-cpu"
    ]
    assert fallback["spec"]["minReplicaCount"] == 0


def test_the_image_stands_on_a_server_that_is_new_enough() -> None:
    text = (ROOT / "deploy" / "docker" / "Dockerfile").read_text("utf-8")
    year, month = re.findall(
        r"^ARG TRITON_IMAGE=nvcr.io/nvidia/tritonserver:(\d+)\.(\d+)-py3", text, re.MULTILINE
    )[0]
    assert (int(year), int(month)) >= (25, 8)
