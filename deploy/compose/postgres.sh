#!/usr/bin/env bash
# Runs once, when the cluster is new: a role and a schema for each service, and one role that only looks.
set -euo pipefail
for role in auth catalog generator exporter; do
  psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --dbname "$POSTGRES_DB" \
    --set role="$role" --set password="$(<"/run/secrets/database-$role")" <<'SQL'
CREATE ROLE :"role" LOGIN PASSWORD :'password';
ALTER ROLE :"role" SET search_path = :"role";
SQL
done
for service in auth catalog generator; do
  psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --dbname "$POSTGRES_DB" --set service="$service" <<'SQL'
CREATE SCHEMA :"service" AUTHORIZATION :"service";
SQL
done
psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --dbname "$POSTGRES_DB" <<'SQL'
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT pg_monitor TO exporter;
SQL
