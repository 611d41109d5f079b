"""The order of a rollout, told by the commands that the script gives."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.policy.stand_in import Ran, run

ANSWERS = {'*"get deployment"*': "deployment.apps/atelier-auth", '*"get pod"*': "pod/atelier-auth-old"}


def roll_out(folder: Path, *, failing: str = "nothing") -> Ran:
    return run(folder, "roll-out.sh", "prod-gpu", failing=failing, answers=ANSWERS)


def test_each_step_waits_for_the_one_before(tmp_path: Path) -> None:
    rollout = roll_out(tmp_path)
    assert rollout.code == 0
    steps = [
        rollout.place("apply", "!atelier.dev/step"),
        rollout.place("wait", "certificate.cert-manager.io"),
        rollout.place("wait", "cluster.postgresql.cnpg.io"),
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
        ('*"cluster.postgresql.cnpg.io"*', "migrate-pre"),
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


def test_a_held_rollout_leaves_the_old_code_a_way_back(tmp_path: Path) -> None:
    held = run(tmp_path, "roll-out.sh", "prod-gpu", "hold", answers=ANSWERS)
    assert held.code == 0, held.output
    assert held.place("rollout status") > held.place("migrate-pre")
    assert not any("migrate-post" in line for line in held.commands)
