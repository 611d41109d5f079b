"""Every alert fires when it should and is silent when it should not, by promtool's own evaluation."""

from __future__ import annotations

from pathlib import Path

import pytest

from deploy.prometheus import files, objectives
from deploy.prometheus.model import Group, shortened
from deploy.prometheus.rules import ALERTS, GROUPS, scaled
from deploy.prometheus.subjects import inference, services
from tests.unit.deploy.prometheus import promtool, scenes
from tests.unit.deploy.prometheus.promtool import Scene

BURNING = "atelier-burn-rates"
BURNS = {"ErrorBudgetBurnsFast", "ErrorBudgetBurnsSlowly"}


def test_every_alert_has_its_scenes() -> None:
    assert {alert.name for alert in ALERTS} == scenes.PAIRS.keys() | BURNS


@pytest.mark.parametrize(
    "group", [group for group in GROUPS if group.name != BURNING], ids=lambda group: group.name
)
def test_every_alert_fires_and_is_silent_as_it_should(tmp_path: Path, group: Group) -> None:
    asked = [scene for alert in group.alerts() for scene in scenes.scenes_of(alert.name)]
    promtool.check(tmp_path, asked, groups=[group])


def test_every_service_is_missed(tmp_path: Path) -> None:
    promtool.check(tmp_path, scenes.silent_services(), groups=[services.ALERTS])


def test_an_inference_server_that_is_gone_is_missed(tmp_path: Path) -> None:
    promtool.check(tmp_path, [scenes.gone()], groups=inference.GROUPS)


def test_nothing_fires_while_nothing_is_wrong(tmp_path: Path) -> None:
    promtool.check(tmp_path, [scenes.calm()])


def test_a_wrong_expectation_is_noticed(tmp_path: Path) -> None:
    """The judge itself can say no."""
    broken, _ = scenes.PAIRS["TritonDown"]
    with pytest.raises(AssertionError, match="TritonDown"):
        promtool.check(
            tmp_path, [Scene("wrong", broken, "20m", {"TritonDown": False})], groups=inference.GROUPS
        )


@pytest.mark.parametrize("speed", [1, 60])
def test_the_rules_are_rules(tmp_path: Path, speed: float) -> None:
    (tmp_path / "rules.yml").write_text(files.rules(speed))
    ended = promtool.run("check", "rules", str(tmp_path / "rules.yml"))
    assert ended.returncode == 0, ended.stderr
    assert f"{sum(len(group['rules']) for group in scaled()['groups'])} rules found" in ended.stdout


def test_the_configuration_is_one() -> None:
    ended = promtool.run("check", "config", str(files.FOLDER / "prometheus.yml"))
    assert ended.returncode == 0, ended.stderr


def test_the_written_files_are_fresh() -> None:
    for path, text in files.committed().items():
        assert path.read_text() == text, f"{path.name}: run `python -m deploy.prometheus`"


def test_speed_divides_every_time_and_nothing_else() -> None:
    expr = 'rate(a_total{b="5m"}[5m]) > 0.25 and increase(c[1h] offset 1d) < 3 * 60 and d[90s]'
    assert shortened(expr, 60) == (
        'rate(a_total{b="5m"}[5s]) > 0.25 and increase(c[60s] offset 1440s) < 3 * 60 and d[1500ms]'
    )
    hurried = {
        rule["alert"]: rule for group in scaled(60)["groups"] for rule in group["rules"] if "alert" in rule
    }
    assert hurried["ServiceDown"]["for"] == "1s"
    assert hurried["ErrorBudgetBurnsSlowly"]["for"] == "15s"


# The objectives, by requests of their own: a journey that fails in one share of its requests for some of the time.
MAKE = 'job="atelier-gateway", route="/v1/avatars", method="POST"'
REQUESTS, SECONDS = "atelier_gateway_requests_total", "atelier_gateway_request_duration_seconds"


def failing(share: float, minutes: int, before: int) -> dict[str, str]:
    """Ten requests a second, of which a share fails for the last minutes; a value a minute."""
    good, bad = 600 * (1 - share), 600 * share
    return {
        f'{REQUESTS}{{{MAKE}, status="201"}}': f"0+600x{before} {600 * before:g}+{good:g}x{minutes}",
        f'{REQUESTS}{{{MAKE}, status="503"}}': f"0x{before} 0+{bad:g}x{minutes}",
    }


def test_a_burning_budget_pages_and_a_blip_does_not(tmp_path: Path) -> None:
    """`make_available` may fail 0.5 %: 14.4 times that is 7.2 % of an hour, 6 times is 3 % of six hours."""
    promtool.check(
        tmp_path,
        [
            Scene(
                "hard, for an hour", failing(0.1, 60, 300), "360m", {"ErrorBudgetBurnsFast": True}, step_s=60
            ),
            Scene(
                "everything, for two minutes",
                failing(1, 2, 358),
                "360m",
                {"ErrorBudgetBurnsFast": False},
                step_s=60,
            ),
            Scene(
                "mild, for six hours",
                failing(0.04, 360, 30),
                "390m",
                {"ErrorBudgetBurnsFast": True},
                step_s=60,
            ),
            Scene(
                "hardly, for six hours",
                failing(0.004, 360, 30),
                "390m",
                {"ErrorBudgetBurnsFast": False},
                step_s=60,
            ),
        ],
        groups=objectives.GROUPS,
        every="1m",
    )


def test_a_slow_burn_makes_a_ticket_and_wakes_nobody(tmp_path: Path) -> None:
    days = 3 * 24 * 12
    burning = {
        f'{REQUESTS}{{{MAKE}, status="201"}}': f"0+2970x{days}",
        f'{REQUESTS}{{{MAKE}, status="500"}}': f"0+30x{days}",
    }
    fine = {
        f'{REQUESTS}{{{MAKE}, status="201"}}': f"0+2990x{days}",
        f'{REQUESTS}{{{MAKE}, status="500"}}': f"0+3x{days}",
    }
    quiet = {"ErrorBudgetBurnsFast": False, "ErrorBudgetBurnsSlowly": False}
    promtool.check(
        tmp_path,
        [
            Scene("1 % for three days", burning, "71h", quiet | {"ErrorBudgetBurnsSlowly": True}, step_s=300),
            Scene("0.1 % for three days", fine, "71h", quiet, step_s=300),
        ],
        groups=objectives.GROUPS,
        every="15m",
    )


def test_every_objective_can_break_and_breaks_alone(tmp_path: Path) -> None:
    """An hour in which half of an objective's events fail."""
    names = [objective.name for objective in objectives.OBJECTIVES]
    page = "ErrorBudgetBurnsFast"
    broken = [Scene(name, BROKEN[name], "60m", {page: True}, slo=name, step_s=60) for name in names]
    whole = [
        Scene(f"not {name}", BROKEN[name], "60m", {page: False}, slo="|".join(set(names) - {name}), step_s=60)
        for name in names
    ]
    promtool.check(tmp_path, broken + whole, groups=objectives.GROUPS, every="2m")


def _halves(labels: str) -> dict[str, str]:
    return {
        f'{REQUESTS}{{{labels}, status="200"}}': "0+30x60",
        f'{REQUESTS}{{{labels}, status="502"}}': "0+30x60",
    }


def _slow(labels: str, within_s: str) -> dict[str, str]:
    return {
        f'{SECONDS}_bucket{{{labels}, le="{within_s}"}}': "0+30x60",
        f"{SECONDS}_count{{{labels}}}": "0+60x60",
    }


ROUTES = {
    "make": (MAKE, "2.5"),
    "read": ('route="/v1/avatars/{id}", method="GET"', "0.25"),
    "preview": ('route="/v1/avatars/preview", method="POST"', "0.5"),
    "download": ('route="/v1/avatars/{id}.glb", method="GET"', "5.0"),
    "log_in": ('route="/v1/auth/login", method="POST"', "0.5"),
    "scan": ('route="/v1/clouds", method="POST"', ""),
}
BROKEN = {
    **{f"{name}_available": _halves(labels) for name, (labels, _) in ROUTES.items()},
    **{f"{name}_fast": _slow(labels, within) for name, (labels, within) in ROUTES.items() if within},
    "body_exact": {
        'atelier_generator_avatars_created_total{within_iso20685="yes"}': "0+50x60",
        'atelier_generator_avatars_created_total{within_iso20685="no"}': "0+10x60",
    },
}
