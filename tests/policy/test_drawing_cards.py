"""Meshers that are given cards to draw on: every rule of the manifests, and where they go."""

from __future__ import annotations

import os

import pytest
import yaml

from deploy.k8s.render import HERE, render
from tests.policy.objects import Manifests, named
from tests.policy.test_manifests import RULES, Rule


@pytest.fixture(scope="module")
def with_drawing_cards(tmp_path_factory: pytest.TempPathFactory) -> Manifests:
    """prod-gpu with a card for each mesher."""
    folder = tmp_path_factory.mktemp("overlay")
    here = os.path.relpath(HERE, folder.resolve())
    overlay = {
        "apiVersion": "kustomize.config.k8s.io/v1beta1",
        "kind": "Kustomization",
        "resources": [f"{here}/overlays/prod-gpu"],
        "components": [f"{here}/components/drawing-cards"],
    }
    (folder / "kustomization.yaml").write_text(yaml.safe_dump(overlay))
    return render(str(folder.resolve()))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_meshers_with_cards_keep_the_rule(with_drawing_cards: Manifests, rule: Rule) -> None:
    assert list(rule(with_drawing_cards)) == []


def test_meshers_with_cards_go_where_cards_are(with_drawing_cards: Manifests) -> None:
    pod = named(with_drawing_cards, "Deployment", "atelier-mesher")["spec"]["template"]["spec"]
    triton = named(with_drawing_cards, "Deployment", "atelier-triton")["spec"]["template"]["spec"]
    assert pod["affinity"]["nodeAffinity"] == triton["affinity"]["nodeAffinity"]
    assert pod["tolerations"] == triton["tolerations"]
    (container,) = pod["containers"]
    assert {container["resources"][kind]["nvidia.com/gpu"] for kind in ("requests", "limits")} == {"1"}
    assert {"name": "NVIDIA_DRIVER_CAPABILITIES", "value": "graphics"} in container["env"]
    plain = named(render("overlays/prod-gpu"), "Deployment", "atelier-mesher")["spec"]["template"]["spec"]
    assert "nvidia.com/gpu" not in plain["containers"][0]["resources"]["limits"]
