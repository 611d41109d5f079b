"""What a service's migration installs, in the schema that the migration runs in.

procrastinate's tables, three columns of ours on its jobs, and the functions that put jobs. A new release of procrastinate
that changes its tables needs a revision of each service; a test compares what is installed with what was known here.
"""

from __future__ import annotations

from importlib import resources
from typing import Any

_COLUMNS = """
ALTER TABLE procrastinate_jobs
    ADD COLUMN ready_at timestamptz NOT NULL DEFAULT now(),
    ADD COLUMN failures integer NOT NULL DEFAULT 0,
    ADD COLUMN deaths integer NOT NULL DEFAULT 0;
COMMENT ON COLUMN procrastinate_jobs.ready_at IS 'when it was put, or becomes due';
COMMENT ON COLUMN procrastinate_jobs.failures IS 'runs in a row that failed';
COMMENT ON COLUMN procrastinate_jobs.deaths IS 'workers that died of it since it last ended well';
CREATE INDEX procrastinate_jobs_lane ON procrastinate_jobs (queue_name, priority) WHERE status = 'todo';
CREATE INDEX procrastinate_jobs_ready ON procrastinate_jobs (ready_at) WHERE status = 'todo';
"""

NOT_DUE = -2_147_483_647
"""Priority of a job that is not due yet: behind all others, so that nobody steps over it to find the next one."""
_LAST_TAG = -NOT_DUE - 1

# `atelierkit.jobs.model.tag` in SQL; a test holds the two together. A tag is a negative priority.
_FUNCTIONS = f"""
CREATE FUNCTION procrastinate_rail_step(lane text) RETURNS integer LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE lane WHEN 'priority' THEN 1 ELSE 9 END
$$;

CREATE FUNCTION procrastinate_rail_tag(lane text) RETURNS integer LANGUAGE sql STABLE AS $$
    SELECT LEAST(
        GREATEST(
            COALESCE(
                (SELECT -priority - procrastinate_rail_step(queue_name) FROM procrastinate_jobs
                  WHERE status = 'todo' AND priority > {NOT_DUE} ORDER BY priority DESC, id LIMIT 1),
                0
            ),
            (SELECT -priority FROM procrastinate_jobs
              WHERE status = 'todo' AND queue_name = lane AND priority > {NOT_DUE} ORDER BY priority LIMIT 1)
        )::bigint + procrastinate_rail_step(lane),
        {_LAST_TAG}
    )::integer
$$;

CREATE FUNCTION procrastinate_rail_put(lane text, task text, arguments jsonb, due timestamptz)
RETURNS bigint LANGUAGE sql VOLATILE AS $$
    INSERT INTO procrastinate_jobs (queue_name, task_name, args, ready_at, scheduled_at, priority)
    SELECT lane, task, arguments, GREATEST(due, now()), NULLIF(GREATEST(due, now()), now()),
           CASE WHEN due > now() THEN {NOT_DUE} ELSE -procrastinate_rail_tag(lane) END
    RETURNING id
$$;

CREATE FUNCTION procrastinate_rail_promote(most integer) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    due record;
BEGIN
    FOR due IN
        SELECT id, queue_name FROM procrastinate_jobs
         WHERE status = 'todo' AND ready_at <= now() AND priority = {NOT_DUE}
         ORDER BY ready_at LIMIT most FOR UPDATE SKIP LOCKED
    LOOP
        UPDATE procrastinate_jobs
           SET priority = -procrastinate_rail_tag(due.queue_name), scheduled_at = NULL
         WHERE id = due.id;
    END LOOP;
END
$$;
"""  # noqa: S608  numbers of ours


def install(op: Any) -> None:
    """Make the rail's tables and functions; ``op`` is alembic's."""
    # Its text holds percent signs and many statements: it goes to the server as it stands.
    connection = op.get_bind().execution_options(no_parameters=True)
    for script in (tables(), _COLUMNS, _FUNCTIONS):
        connection.exec_driver_sql(script)


def tables() -> str:
    """procrastinate's own schema, as its installed release has it."""
    return (resources.files("procrastinate.sql") / "schema.sql").read_text("utf-8")
