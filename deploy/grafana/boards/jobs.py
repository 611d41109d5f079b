"""Jobs: does somebody wait, and does work end well?"""

from __future__ import annotations

from grafana_foundation_sdk.models import units

from deploy.grafana.board import Board, Row
from deploy.grafana.boards import shared
from deploy.grafana.panels import RED, YELLOW, Query, graph
from deploy.grafana.queries import Job, or_none, quantile, rate, sum_of

WORKERS = Job("atelier-(auth|generator)-worker")
RUNS = WORKERS.series("atelier_jobs_runs_total")
BAD = WORKERS.series("atelier_jobs_runs_total", 'outcome=~"retried|failed|poisoned|unknown"')
GENERATOR = Job("atelier-generator(-worker)?")
ENDED = GENERATOR.series("atelier_generator_jobs_ended_total")
ROWS = GENERATOR.series("atelier_generator_batch_rows_total")
REPAIRED = GENERATOR.series("atelier_generator_holds_repaired_total")
BY_LANE = "schema, lane"

BOARD = Board(
    uid="atelier-jobs",
    title="Atelier / Jobs",
    question="Does somebody wait, and does work end well?",
    jobs=WORKERS,
    rows=[
        Row(
            "Who waits",
            [
                graph(
                    "Age of the oldest job",
                    "How long the job has waited that has waited longest. One that grows: are there workers, and are they at "
                    "something else? The autoscaler follows this number.",
                    Query(
                        f"max by ({BY_LANE}) ({WORKERS.series('atelier_jobs_oldest_waiting_seconds')})",
                        "{{schema}} {{lane}}",
                    ),
                    unit=units.Seconds,
                    warn=[(300, RED)],
                    alert="OldestJobWaits",
                ),
                graph(
                    "Jobs that wait",
                    "Jobs that are due. Each worker tells the same number.",
                    Query(
                        f"max by ({BY_LANE}) ({WORKERS.series('atelier_jobs_waiting')})",
                        "{{schema}} {{lane}}",
                    ),
                ),
                graph(
                    "Jobs at work",
                    "In all workers together.",
                    Query(sum_of(WORKERS.series("atelier_jobs_running"), "schema"), "{{schema}}"),
                    stacked=True,
                ),
            ],
        ),
        Row(
            "How it ends",
            [
                graph(
                    "Runs",
                    "By task. `again` are slices of long jobs.",
                    Query(rate(RUNS, "task"), "{{task}}"),
                    unit="runs/s",
                    width=6,
                    stacked=True,
                ),
                graph(
                    "Runs that went wrong",
                    "`retried` comes again, `failed` and `poisoned` have ended, `unknown` waits for a newer worker. The log of "
                    "the worker has the reason.",
                    Query(
                        or_none(rate(BAD, "task, outcome"), task="none", outcome="bad"),
                        "{{task}} {{outcome}}",
                    ),
                    unit="runs/s",
                    width=6,
                    warn=[(0.05, YELLOW)],
                    alert="JobsFail",
                ),
                graph(
                    "Duration: 95 of 100 are faster",
                    "Of one run. It has to fit into the grace of a worker that leaves.",
                    Query(
                        quantile(0.95, WORKERS.series("atelier_jobs_run_duration_seconds_bucket"), "task"),
                        "{{task}}",
                    ),
                    unit=units.Seconds,
                    width=6,
                ),
                graph(
                    "Taken over from the dead",
                    "Jobs of workers that gave no sign of life. More than a few: which pod restarts, and why?",
                    Query(
                        or_none(rate(WORKERS.series("atelier_jobs_rescued_total"), "schema"), schema="none"),
                        "{{schema}}",
                    ),
                    unit="jobs/s",
                    width=6,
                    alert="JobsStalled",
                ),
            ],
        ),
        Row(
            "Batches",
            [
                graph(
                    "Jobs that ended",
                    "By how. A failed one has told its owner why; what it has not made was given back.",
                    Query(
                        or_none(rate(ENDED, "kind, state"), kind="none", state="ended"),
                        "{{kind}} {{state}}",
                    ),
                    unit="jobs/s",
                ),
                graph(
                    "Rows of batches",
                    "`failed` rows were refused by the catalogue or the mesher, `left` ones were not begun when their job ended.",
                    Query(or_none(rate(ROWS, "outcome"), outcome="none"), "{{outcome}}"),
                    unit="rows/s",
                    stacked=True,
                ),
                graph(
                    "Holds put right",
                    "Credits that were held for no job under way: a process ended between the hold and the record, or "
                    "settling was given up. More than a few: what restarts?",
                    Query(or_none(rate(REPAIRED, "how"), how="none"), "{{how}}"),
                    unit="holds/s",
                    warn=[(0.01, YELLOW)],
                    alert="HoldsRepaired",
                ),
            ],
        ),
        shared.records(WORKERS),
        shared.resources(WORKERS, "{{job}} {{instance}}"),
    ],
)
