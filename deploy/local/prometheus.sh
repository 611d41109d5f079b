#!/usr/bin/env bash
# Finds the Prometheus of the tests (with promtool), its Alertmanager and the exporter of PostgreSQL's metrics, or installs
# Debian's, or says in one sentence what is missing. Their daemons are not wanted: the tests start and stop their own.
set -euo pipefail
found() { command -v prometheus && command -v promtool && command -v prometheus-alertmanager && command -v prometheus-postgres-exporter; }
if found >/dev/null; then exit 0; fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "Installing Prometheus for the tests ..."
  # Debian's packages start their daemons at once unless this program, which is asked first, says no.
  policy=/usr/sbin/policy-rc.d
  if [ ! -e "$policy" ]; then
    trap 'rm -f "$policy"' EXIT
    printf '#!/bin/sh\nexit 101\n' >"$policy" && chmod +x "$policy"
  fi
  if apt-get update -qq >/dev/null && DEBIAN_FRONTEND=noninteractive apt-get install -qq --yes \
    --no-install-recommends prometheus prometheus-alertmanager prometheus-postgres-exporter >/dev/null && found >/dev/null; then
    # Nor at the next boot.
    if command -v systemctl >/dev/null; then systemctl --quiet disable prometheus prometheus-alertmanager prometheus-postgres-exporter; fi
    exit 0
  fi
fi
echo "The tests of metrics need Prometheus, its Alertmanager and its exporter for PostgreSQL: install them (Debian: apt-get install prometheus prometheus-alertmanager prometheus-postgres-exporter) and try again." >&2
exit 1
