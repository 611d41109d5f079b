#!/usr/bin/env bash
# Finds the three system libraries that Open3D loads, or installs Debian's, or says in one sentence what is missing.
# With --optional a missing one is no failure: the platform runs, and scans of things that are no people are refused.
set -euo pipefail
loads() { python3 -c "import ctypes, sys; [ctypes.CDLL(name) for name in sys.argv[1:]]" libusb-1.0.so.0 libGL.so.1 libEGL.so.1 2>/dev/null; }
if [ "$(uname -sm)" != "Linux x86_64" ] || loads; then exit 0; fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "Installing the system libraries of Open3D ..."
  if apt-get update -qq >/dev/null && apt-get install -qq --yes --no-install-recommends libusb-1.0-0 libgl1 libegl1 >/dev/null && loads; then
    exit 0
  fi
fi
echo "Open3D needs libusb-1.0.so.0, libGL.so.1 and libEGL.so.1: install them (Debian: apt-get install libusb-1.0-0 libgl1 libegl1) for finer meshes of scans." >&2
[ "${1:-}" = "--optional" ]
