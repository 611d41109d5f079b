"""The ledger: do the books fit."""

from __future__ import annotations

from deploy.prometheus.model import Alert, Group

ALERTS = Group(
    "atelier-credits",
    [
        Alert(
            "LedgerOutOfBalance",
            'sum (increase(atelier_auth_ledger_checks_total{outcome="misfits"}[2h])) > 0',
            "0s",
            "page",
            "Credits do not add up",
            "All credits were counted anew, and a number that is kept is not what the entries give. Somebody may have more "
            "or fewer credits than they should.",
        ),
    ],
)
GROUPS = (ALERTS,)
