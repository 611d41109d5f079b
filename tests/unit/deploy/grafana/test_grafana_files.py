"""The committed dashboards are what the code says, what Grafana's own types accept, and what a cluster can hold."""

from __future__ import annotations

import itertools
import json
from typing import Any

import pytest
import yaml
from grafana_foundation_sdk.cog import plugins
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models import dashboard as models

from deploy.grafana import files
from tests.unit.deploy.grafana.reading import DASHBOARDS, panels

EACH = pytest.mark.parametrize("dashboard", list(DASHBOARDS.values()), ids=list(DASHBOARDS))
COLUMNS = 24
LARGEST_BYTES = 200_000
"""kubectl keeps a second copy in an annotation, which Kubernetes limits to 256 KiB."""


def test_the_committed_files_are_fresh() -> None:
    wanted = files.committed()
    assert set(files.FOLDER.glob("*.json")) == wanted.keys()
    stale = [path.name for path, text in wanted.items() if path.read_text("utf-8") != text]
    assert not stale, "run python -m deploy.grafana"


@EACH
def test_grafanas_own_types_read_it_whole(dashboard: dict[str, Any]) -> None:
    plugins.register_default_plugins()
    read = models.Dashboard.from_json(dashboard)
    assert json.loads(json.dumps(read, cls=JSONEncoder)) == dashboard
    unknown = dashboard | {"colour": "blue"}
    assert json.loads(json.dumps(models.Dashboard.from_json(unknown), cls=JSONEncoder)) != unknown


@EACH
def test_panels_fill_the_grid_and_lie_beside_each_other(dashboard: dict[str, Any]) -> None:
    taken = [
        (column, line)
        for panel in dashboard["panels"]
        for column in range(panel["gridPos"]["x"], panel["gridPos"]["x"] + panel["gridPos"]["w"])
        for line in range(panel["gridPos"]["y"], panel["gridPos"]["y"] + panel["gridPos"]["h"])
    ]
    assert len(set(taken)) == len(taken)
    lines = range(1 + max(line for _, line in taken))
    assert set(taken) == set(itertools.product(range(COLUMNS), lines))


@EACH
def test_panels_can_be_told_apart_and_say_what_to_do(dashboard: dict[str, Any]) -> None:
    shown = panels(dashboard)
    titles = [panel["title"] for panel in shown]
    assert len(set(titles)) == len(titles)
    numbers = [panel["id"] for panel in dashboard["panels"]]
    assert sorted(set(numbers)) == sorted(numbers)
    for panel in shown:
        assert panel["description"].endswith((".", "?")), panel["title"]
        assert all(target["legendFormat"] for target in panel["targets"]), panel["title"]


@EACH
def test_everything_asks_the_chosen_prometheus(dashboard: dict[str, Any]) -> None:
    variables = {each["name"]: each for each in dashboard["templating"]["list"]}
    assert list(variables) == ["datasource", "namespace", "instance"]
    for name in ("namespace", "instance"):
        assert (variables[name]["allValue"], variables[name]["current"]["value"]) == (".*", "$__all")
    asked = [panel["datasource"] for panel in panels(dashboard)]
    asked += [target["datasource"] for panel in panels(dashboard) for target in panel["targets"]]
    assert {source["uid"] for source in asked} == {"${datasource}"}


def test_the_cluster_gets_each_file_in_a_map_of_its_own() -> None:
    made = yaml.safe_load((files.FOLDER.parent / "kustomization.yaml").read_text())
    maps = [each["files"] for each in made["configMapGenerator"]]
    every = files.committed() | files.the_runbooks()
    assert sorted(maps) == sorted([str(path.relative_to(files.FOLDER.parent))] for path in every)
    assert made["generatorOptions"]["labels"]["grafana_dashboard"] == "1"
    assert max(len(text.encode()) for text in every.values()) < LARGEST_BYTES


def test_traces_are_found_where_exemplars_point() -> None:
    sources = yaml.safe_load((files.FOLDER.parent / "provisioning/datasources/atelier.yaml").read_text())[
        "datasources"
    ]
    prometheus = next(each for each in sources if each["type"] == "prometheus")
    (destination,) = prometheus["jsonData"]["exemplarTraceIdDestinations"]
    assert destination["name"] == "trace_id"
    assert destination["datasourceUid"] in {each["uid"] for each in sources if each["type"] == "tempo"}
