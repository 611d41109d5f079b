"""The questions mean what their names say, in the judgement of Prometheus' own promtool."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from deploy.grafana import queries
from deploy.grafana.queries import Job
from tests.unit.deploy.prometheus import promtool

EVERY, BAD = Job("a").series("every_total"), Job("a").series("bad_total")
BUCKETS = "seconds_bucket"
QUIET = {'every_total{job="a", route="/x"}': "0x20"}
BUSY = {'every_total{job="a", route="/x"}': "0+4x20"}
FAILING = BUSY | {'bad_total{job="a", route="/x"}': "0+1x20"}
STALLED = QUIET | {'bad_total{job="a", route="/x"}': "7x20"}
TIMED = {f'{BUCKETS}{{le="{le}"}}': f"0+{count}x20" for le, count in (("1", 9), ("2", 10), ("+Inf", 10))}
X = '{route="/x"}'

SCENES = [
    ("no traffic, no failures", QUIET, queries.share(BAD, EVERY, "route"), {X: 0}),
    ("traffic without failures", BUSY, queries.share(BAD, EVERY, "route"), {X: 0}),
    ("one of four fails", FAILING, queries.share(BAD, EVERY, "route"), {X: 0.25}),
    ("failures once, nothing now", STALLED, queries.share(BAD, EVERY, "route"), {X: 0}),
    ("all routes together", FAILING, queries.share(BAD, EVERY), {"{}": 0.25}),
    ("nothing was counted yet", BUSY, queries.or_zero(queries.rate(BAD)), {"{}": 0}),
    (
        "nothing by a label",
        BUSY,
        queries.or_none(queries.rate(BAD, "route"), route="none"),
        {'{route="none"}': 0},
    ),
    ("something by a label", FAILING, queries.or_none(queries.rate(BAD, "route"), route="none"), {X: 1 / 60}),
    ("four a minute", BUSY, queries.rate(EVERY, "route"), {X: 4 / 60}),
    ("within ten minutes", BUSY, queries.total(EVERY), {"{}": 40}),
    ("nine of ten are faster", TIMED, queries.quantile(0.9, BUCKETS), {"{}": 1}),
    ("sum over count", FAILING, queries.mean(EVERY, BAD, "route"), {X: 4}),
    ("nothing to divide by", QUIET, queries.mean(BAD, EVERY, "route"), {}),
    ("other jobs are others'", {'every_total{job="b"}': "0+4x20"}, queries.total(EVERY), {"{}": 0}),
]


@pytest.mark.parametrize(
    ("series", "expression", "samples"), [scene[1:] for scene in SCENES], ids=[s[0] for s in SCENES]
)
def test_it_means_what_it_says(
    series: dict[str, str], expression: str, samples: dict[str, float], tmp_path: Path
) -> None:
    assert judged(series, expression, samples, tmp_path) == ""
    wrong = {labels: value + 1 for labels, value in samples.items()} or {X: 1.0}
    assert "FAILED" in judged(series, expression, wrong, tmp_path)


def judged(series: dict[str, str], expression: str, samples: dict[str, float], folder: Path) -> str:
    """What promtool objects to, asked after ten minutes; nothing where it agrees."""
    for variable, value in {
        "$__rate_interval": "5m",
        "$__range": "10m",
        "$namespace": ".*",
        "$instance": ".*",
    }.items():
        expression = expression.replace(variable, value)
    expected = [{"labels": labels, "value": value} for labels, value in samples.items()]
    scene = {
        "interval": "1m",
        "input_series": [{"series": name, "values": values} for name, values in series.items()],
        "promql_expr_test": [{"expr": expression, "eval_time": "10m", "exp_samples": expected}],
    }
    path = folder / "scene.yml"
    path.write_text(yaml.safe_dump({"tests": [scene]}))
    done = promtool.run("test", "rules", str(path))
    return "" if done.returncode == 0 else done.stdout + done.stderr
