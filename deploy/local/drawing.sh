#!/usr/bin/env bash
# Finds a driver of OpenGL for the mesher's pictures, or installs Debian's Mesa, or says in one sentence what is missing.
# With --optional a missing one is no failure: the platform runs, and pictures are refused.
set -euo pipefail
draws() { .venv/bin/python -c "from services.mesher.adapters.drawing.context import open_context; open_context()" 2>/dev/null; }
if draws; then exit 0; fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "Installing Mesa for the mesher's pictures ..."
  if apt-get update -qq >/dev/null && apt-get install -qq --yes --no-install-recommends libegl1 libopengl0 libgl1-mesa-dri >/dev/null && draws; then
    exit 0
  fi
fi
echo "Pictures need a driver of OpenGL: install one (Debian: apt-get install libegl1 libopengl0 libgl1-mesa-dri) to see people drawn." >&2
[ "${1:-}" = "--optional" ]
