#!/usr/bin/env bash
# Finds the Redis or Valkey server of the tests, or installs Debian's, or says in one sentence what is missing. Its daemon
# is not wanted: the tests start and stop their own.
set -euo pipefail
found() { command -v valkey-server || command -v redis-server; }
if found >/dev/null; then exit 0; fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "Installing Redis for the tests ..."
  # Debian's package starts its daemon at once unless this program, which is asked first, says no.
  policy=/usr/sbin/policy-rc.d
  if [ ! -e "$policy" ]; then
    trap 'rm -f "$policy"' EXIT
    printf '#!/bin/sh\nexit 101\n' >"$policy" && chmod +x "$policy"
  fi
  if apt-get update -qq >/dev/null && DEBIAN_FRONTEND=noninteractive apt-get install -qq --yes \
    --no-install-recommends redis-server >/dev/null && found >/dev/null; then
    # Nor at the next boot.
    if command -v systemctl >/dev/null; then systemctl --quiet disable redis-server; fi
    exit 0
  fi
fi
echo "The tests of limits over several gateways need a Redis or Valkey server: install it (Debian: apt-get install redis-server) and try again." >&2
exit 1
