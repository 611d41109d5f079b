#!/usr/bin/env bash
# Resolves one hashed lock per image and one for development, all to the same versions.
set -euo pipefail
cd "$(dirname "$0")/.."
resolve() {
  uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
    pyproject.toml "$@"
}
resolve --extra dev --output-file requirements/dev.lock
for service in auth catalog gateway generator mesher tryon; do
  resolve --extra "$service" --constraint requirements/dev.lock --output-file "requirements/$service.lock"
done
resolve --extra mesher --extra scans --constraint requirements/dev.lock --output-file requirements/mesher-scans.lock
# What compiles a package that is published as source alone, inside the build of an image.
uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-deps \
  requirements/build.in --output-file requirements/build.lock
