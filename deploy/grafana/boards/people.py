"""Auth and the catalogue: can people get in, does somebody else try to, and do looks come together?"""

from __future__ import annotations

from grafana_foundation_sdk.models import units

from deploy.grafana.board import Board, Row
from deploy.grafana.boards import shared
from deploy.grafana.panels import RED, Query, graph
from deploy.grafana.queries import Job, or_none, rate

AUTH = Job("atelier-auth")
BOTH = Job("atelier-(auth|catalog)")
CATALOG = Job("atelier-catalog")
SIGN_UPS = AUTH.series("atelier_auth_sign_ups_total")
LOG_INS = AUTH.series("atelier_auth_log_ins_total")
REFRESHES = AUTH.series("atelier_auth_refreshes_total")
KEY_EXCHANGES = AUTH.series("atelier_auth_key_exchanges_total")
WORKER = Job("atelier-auth-worker")
LETTERS = WORKER.series("atelier_auth_letters_total")
DELIVERIES = WORKER.series("atelier_auth_deliveries_total")
LOOKS = CATALOG.series("atelier_catalog_looks_total")

BOARD = Board(
    uid="atelier-auth-and-catalog",
    title="Atelier / Auth and catalogue",
    question="Can people get in, does somebody else try to, and do looks come together?",
    jobs=BOTH,
    rows=[
        shared.calls(BOTH, "job, method", "{{job}} {{method}}"),
        Row(
            "People and looks",
            [
                graph(
                    "Log-ins by outcome",
                    "`invalid_credentials` that grows while `ok` does not is somebody who tries passwords; "
                    "`too_many_attempts` is the limit that holds them back.",
                    Query(rate(LOG_INS, "outcome"), "{{outcome}}"),
                    unit=units.RequestsPerSecond,
                    width=6,
                    stacked=True,
                ),
                graph(
                    "Sign-ups by outcome",
                    "New accounts, and why others were not made.",
                    Query(rate(SIGN_UPS, "outcome"), "{{outcome}}"),
                    unit=units.RequestsPerSecond,
                    width=6,
                    stacked=True,
                ),
                graph(
                    "Refresh tokens",
                    "A token that comes a second time may be a stolen one: its session was ended. More than a few at "
                    "once: look for the accounts in the log of auth.",
                    Query(rate(REFRESHES, "outcome"), "{{outcome}}"),
                    unit=units.RequestsPerSecond,
                    width=4,
                ),
                graph(
                    "API keys",
                    "Keys traded for access tokens. `invalid` is a server whose key was revoked or has expired, or "
                    "somebody who tries keys.",
                    Query(rate(KEY_EXCHANGES, "outcome"), "{{outcome}}"),
                    unit=units.RequestsPerSecond,
                    width=4,
                ),
                graph(
                    "Looks by outcome",
                    "`unknown_catalog_item` that grows is a page or a shop that knows another catalogue.",
                    Query(rate(LOOKS, "outcome"), "{{outcome}}"),
                    unit=units.RequestsPerSecond,
                    width=4,
                    stacked=True,
                ),
            ],
        ),
        Row(
            "Letters and webhooks",
            [
                graph(
                    "Age of what waits",
                    "Letters: since they were posted. Deliveries: since their attempt was due. Letters that wait: is the "
                    "mail server there?",
                    Query(f"max by (kind) ({WORKER.series('atelier_auth_backlog_age_seconds')})", "{{kind}}"),
                    unit=units.Seconds,
                    width=6,
                    warn=[(900, RED)],
                    alert="LettersWait",
                ),
                graph(
                    "What waits",
                    "Deliveries between two attempts are among them. Each worker tells the same number.",
                    Query(f"max by (kind) ({WORKER.series('atelier_auth_backlog')})", "{{kind}}"),
                    width=6,
                ),
                graph(
                    "Letters by outcome",
                    "`put_off` is a mail server that is away; `refused` are addresses that it does not know.",
                    Query(or_none(rate(LETTERS, "outcome"), outcome="none"), "{{outcome}}"),
                    unit="letters/s",
                    width=6,
                    stacked=True,
                ),
                graph(
                    "Attempts to tell webhooks",
                    "Failures of one person's server are theirs; `not_reached` and `timeout` of many are ours: the way "
                    "out, or the name server.",
                    Query(or_none(rate(DELIVERIES, "outcome"), outcome="none"), "{{outcome}}"),
                    unit="attempts/s",
                    width=6,
                    stacked=True,
                    alert="DeliveriesFail",
                ),
            ],
        ),
        shared.queues(AUTH),
        shared.records(BOTH),
        shared.resources(BOTH, "{{job}} {{instance}}"),
    ],
)
