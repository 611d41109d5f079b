"""Letters and webhooks: do people hear of what happened?"""

from __future__ import annotations

from deploy.prometheus.model import Alert, Group

_ATTEMPTS = "atelier_auth_deliveries_total"
_FAILED = f'{_ATTEMPTS}{{outcome!~"delivered|gone"}}'

ALERTS = Group(
    "atelier-telling",
    [
        Alert(
            "LettersWait",
            'max by (kind) (atelier_auth_backlog_age_seconds{kind="letters"}) > 900',
            "5m",
            "page",
            "The oldest letter has waited {{ $value | humanizeDuration }}",
            "Nobody can verify an address or set a new password: the mail server is away, refuses us, or no worker runs. "
            "Letters are tried for a day; none is lost before.",
        ),
        Alert(
            "DeliveriesWait",
            'max by (kind) (atelier_auth_backlog_age_seconds{kind="deliveries"}) > 900',
            "5m",
            "ticket",
            "The oldest webhook delivery has been due for {{ $value | humanizeDuration }}",
            "Servers hear of nothing: no worker of auth runs, or there is more to tell than the workers manage. A delivery "
            "that waits for its next attempt is not due.",
        ),
        Alert(
            "DeliveriesFail",
            f"sum(rate({_FAILED}[30m])) / (sum(rate({_ATTEMPTS}[30m])) > 0.01) > 0.5",
            "15m",
            "ticket",
            "More than half of the attempts to tell webhooks fail",
            "One server that is away costs ten attempts for each event. Many at once: the way out of the cluster, or the "
            "name server, is at fault. Attempts go on for three days.",
        ),
    ],
)
GROUPS = (ALERTS,)
