"""What is promised to users, in numbers, and the alerts on what is left of the promise (docs/slo.md says why)."""

from __future__ import annotations

from dataclasses import dataclass

from deploy.prometheus.model import Alert, Group, Recording

_REQUESTS = "atelier_gateway_requests_total"
_BUCKETS = "atelier_gateway_request_duration_seconds_bucket"
_COUNT = "atelier_gateway_request_duration_seconds_count"
WINDOWS = ("30m", "1h", "2h", "6h", "1d", "3d")
FEWEST_A_SECOND = 0.0014
"""Five failures an hour: below that a budget of a quiet night is gone by chance, and nobody is woken."""


@dataclass(frozen=True)
class Journey:
    """Requests that are one thing to a user."""

    name: str
    selector: str
    available: float
    """Share of requests that must not fail on our side, over 30 days."""
    within_s: str = ""
    """Bucket of the duration in which 99 of 100 requests must lie; empty for no promise."""


JOURNEYS = (
    Journey("make", 'route=~"/v1/avatars|/generate", method="POST"', 0.995, "2.5"),
    Journey("read", 'route=~"/v1/avatars(/[{]id[}])?|/v1/catalog/.+|/v1/me", method="GET"', 0.999, "0.25"),
    Journey("preview", 'route="/v1/avatars/preview"', 0.995, "0.5"),
    Journey("download", 'route=~"/v1/(avatars|clouds)/[{]id[}][.].+"', 0.995, "5.0"),
    Journey("log_in", 'route=~"/v1/auth/.+|/login|/signup"', 0.999, "0.5"),
    # A scan takes seconds to minutes, as large as it is: nothing is promised about that.
    Journey("scan", 'route="/v1/clouds", method="POST"', 0.99),
)
SLOW_SHARE = 0.99


@dataclass(frozen=True)
class Objective:
    """One promise: of ``every`` event, at most the budget may be ``bad``. Both are rates."""

    name: str
    every: str
    bad: str
    target: float

    def rules(self) -> list[Recording]:
        """What happens, what fails of it, and how much of it may."""
        labels = {"slo": self.name}
        return [
            Recording("slo:atelier_events:rate5m", self.every, labels),
            # A counter of failures is born with the first one: until then it is zero, not nothing.
            Recording("slo:atelier_failures:rate5m", f"{self.bad} or 0 * {self.every}", labels),
            Recording("slo:atelier_budget:ratio", f"vector({1 - self.target:.4g})", labels),
        ]


def _of(journey: Journey) -> list[Objective]:
    every = f"sum(rate({_REQUESTS}{{{journey.selector}}}[5m]))"
    failed = f'sum(rate({_REQUESTS}{{{journey.selector}, status=~"5.."}}[5m]))'
    made = [Objective(f"{journey.name}_available", every, failed, journey.available)]
    if journey.within_s:
        timed = f"sum(rate({_COUNT}{{{journey.selector}}}[5m]))"
        fast = f'sum(rate({_BUCKETS}{{{journey.selector}, le="{journey.within_s}"}}[5m]))'
        made.append(Objective(f"{journey.name}_fast", timed, f"({timed} - {fast})", SLOW_SHARE))
    return made


_MADE = "atelier_generator_avatars_created_total"
ACCURACY = Objective(
    "body_exact",
    f"sum(rate({_MADE}[5m]))",
    f'sum(rate({_MADE}{{within_iso20685="no"}}[5m]))',
    0.99,
)
OBJECTIVES = (*(objective for journey in JOURNEYS for objective in _of(journey)), ACCURACY)


def _ratio(window: str) -> Recording:
    failures, events = (
        f"avg_over_time(slo:atelier_{what}:rate5m[{window}])" for what in ("failures", "events")
    )
    return Recording(f"slo:atelier_failures:ratio_rate{window}", f"{failures} / ({events} > 0)")


def _burn(times: str, long: str, short: str) -> str:
    """Both windows burn: the long one says that it matters, the short one that it still goes on."""
    return " and ".join(
        f"slo:atelier_failures:ratio_rate{window} > {times} * slo:atelier_budget:ratio"
        for window in (long, short)
    )


GROUPS = (
    Group("atelier-objectives", [rule for objective in OBJECTIVES for rule in objective.rules()]),
    Group(
        "atelier-burn-rates",
        [
            Recording(
                "slo:atelier_failures:ratio_rate5m",
                "slo:atelier_failures:rate5m / (slo:atelier_events:rate5m > 0)",
            ),
            *(_ratio(window) for window in WINDOWS),
            Alert(
                "ErrorBudgetBurnsFast",
                f"(({_burn('14.4', '1h', '5m')}) or ({_burn('6', '6h', '30m')}))"
                f" and avg_over_time(slo:atelier_failures:rate5m[1h]) > {FEWEST_A_SECOND}",
                "0s",
                "page",
                "The promise {{ $labels.slo }} breaks within hours",
                "Users fail or wait so often that the error budget of 30 days is gone in two to five days.",
            ),
            Alert(
                "ErrorBudgetBurnsSlowly",
                f"(({_burn('3', '1d', '2h')}) or ({_burn('1', '3d', '6h')}))"
                f" and avg_over_time(slo:atelier_failures:rate5m[6h]) > {FEWEST_A_SECOND / 5:g}",
                "15m",
                "ticket",
                "The promise {{ $labels.slo }} will not hold this month",
                "The error budget of 30 days is used up before they are over if nothing changes.",
            ),
        ],
    ),
)
