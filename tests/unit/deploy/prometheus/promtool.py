"""promtool, Prometheus' own judge of rules: series in, questions about alerts out."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from deploy.prometheus.model import Group
from deploy.prometheus.rules import GROUPS

STEP_S = 15


@dataclass(frozen=True)
class Scene:
    """Series as promtool writes them, one value each quarter of a minute, and what is asked after some time."""

    name: str
    series: Mapping[str, str]
    at: str
    firing: Mapping[str, bool]
    """Alerts by name, a regular expression, and whether one fires then."""
    slo: str = ".*"
    """Only alerts about such an objective are asked for."""
    step_s: int = STEP_S

    def as_test(self) -> dict[str, object]:
        """As promtool reads it."""
        asked = [
            _sample(
                f'count(ALERTS{{alertname=~"{name}", alertstate="firing", slo=~"{self.slo}"}}) > bool 0 or vector(0)',
                self.at,
                int(fires),
            )
            for name, fires in self.firing.items()
        ]
        return {
            "name": self.name,
            "interval": f"{self.step_s}s",
            "input_series": [{"series": name, "values": values} for name, values in self.series.items()],
            "promql_expr_test": asked,
        }


def _sample(expr: str, at: str, value: int) -> dict[str, object]:
    return {"expr": expr, "eval_time": at, "exp_samples": [{"labels": "{}", "value": value}]}


def program() -> str:
    """Path of promtool, which `make test` installs."""
    found = shutil.which("promtool")
    assert found, "promtool is missing: run `make prometheus`"
    return found


def check(
    folder: Path, scenes: Sequence[Scene], *, groups: Sequence[Group] = GROUPS, every: str = "30s"
) -> None:
    """Fail with promtool's own words unless every answer is the expected one. Fewer ``groups`` are faster."""
    rules = {"groups": [group.scaled(1) for group in groups]}
    (folder / "rules.yml").write_text(yaml.safe_dump(rules, sort_keys=False))
    tests = {
        "rule_files": ["rules.yml"],
        "evaluation_interval": every,
        # Else it takes them in any order, and what stands on another group's records is late by chance.
        "group_eval_order": [group.name for group in groups],
        "tests": [scene.as_test() for scene in scenes],
    }
    (folder / "scenes.yml").write_text(yaml.safe_dump(tests, sort_keys=False))
    ended = run("test", "rules", str(folder / "scenes.yml"))
    assert ended.returncode == 0, ended.stdout + ended.stderr


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """promtool, run to its end."""
    return subprocess.run([program(), *arguments], capture_output=True, text=True, check=False)
