"""The order of a rollout, told by the commands that the script gives; there is no cluster here to give them to."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from deploy.k8s.render import HERE, ROOT

SCRIPT = HERE / "roll-out.sh"
# Renders for real, writes down everything else, and fails where a pattern says so.
STAND_IN = """#!/usr/bin/env bash
if [ "$1" = kustomize ]; then exec "{kubectl}" "$@"; fi
echo "$*" >>"{log}"
case "$*" in
  {failing}) exit 1 ;;
  *"get deployment"*) echo deployment.apps/atelier-auth ;;
  *"get pod"*) echo "pod/atelier-auth-old " ;;
esac
"""


@dataclass(frozen=True)
class Rollout:
    """What came of it."""

    code: int
    commands: list[str]

    def place(self, *words: str) -> int:
        """Which command, counted from the first, holds all these words."""
        return next(
            number for number, line in enumerate(self.commands) if all(word in line for word in words)
        )


def roll_out(folder: Path, *, failing: str = "nothing") -> Rollout:
    log = folder / "commands"
    stand_in = folder / "kubectl"
    stand_in.write_text(STAND_IN.format(kubectl=ROOT / ".tools" / "kubectl", log=log, failing=failing))
    stand_in.chmod(0o755)
    done = subprocess.run(
        [SCRIPT, "prod-gpu"],
        env={"PATH": os.defpath, "KUBECTL": str(stand_in)},
        capture_output=True,
        text=True,
        check=False,
    )
    return Rollout(done.returncode, log.read_text().splitlines())


def test_each_step_waits_for_the_one_before(tmp_path: Path) -> None:
    rollout = roll_out(tmp_path)
    assert rollout.code == 0
    steps = [
        rollout.place("apply", "!atelier.dev/step"),
        rollout.place("wait certificate"),
        rollout.place("wait cluster"),
        rollout.place("delete job", "migrate-pre"),
        rollout.place("apply", "migrate-pre"),
        rollout.place("wait job", "migrate-pre"),
        rollout.place("apply", "atelier.dev/step=services"),
        rollout.place("rollout status", "atelier-auth"),
        rollout.place("wait pod/atelier-auth-old", "delete"),
        rollout.place("delete job", "migrate-post"),
        rollout.place("apply", "migrate-post"),
        rollout.place("wait job", "migrate-post"),
    ]
    assert steps == sorted(steps)


@pytest.mark.parametrize(
    ("failing", "never"),
    [
        ('*"wait cluster"*', "migrate-pre"),
        ('*"wait job"*migrate-pre*', "atelier.dev/step=services"),
        ('*"rollout status"*', "migrate-post"),
        ('*"wait pod"*', "migrate-post"),
    ],
)
def test_a_step_that_fails_ends_the_rollout(tmp_path: Path, failing: str, never: str) -> None:
    rollout = roll_out(tmp_path, failing=failing)
    assert rollout.code != 0
    # The first command names the steps that it leaves out.
    assert not any(never in line for line in rollout.commands[1:])
