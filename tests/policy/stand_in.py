"""A kubectl in the place of the real one, for the scripts: there is no cluster here to give their commands to."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from deploy.k8s.render import HERE, ROOT

# Renders for real, writes down everything else, and fails or answers where a pattern says so.
_SCRIPT = """#!/usr/bin/env bash
if [ "$1" = kustomize ]; then exec "{kubectl}" "$@"; fi
echo "$*" >>"{log}"
if [ "$1" = apply ]; then cat >"{applied}"; fi
case "$*" in
  {failing}) exit 1 ;;
{answers}
esac
"""


@dataclass(frozen=True)
class Ran:
    """What came of a script."""

    code: int
    output: str
    commands: list[str]
    """Every command that kubectl was given, in order."""
    applied: str
    """What the last `apply` was given on its standard input."""

    def place(self, *words: str) -> int:
        """Which command, counted from the first, holds all these words."""
        return next(
            number for number, line in enumerate(self.commands) if all(word in line for word in words)
        )


def run(
    folder: Path,
    script: str,
    *arguments: str,
    failing: str = "nothing",
    answers: dict[str, str] | None = None,
) -> Ran:
    """Run a script of deploy/k8s; ``failing`` is a shell pattern of commands, ``answers`` texts by pattern."""
    log, applied, stand_in = folder / "commands", folder / "applied", folder / "kubectl"
    told = "\n".join(f"  {pattern}) echo '{text}' ;;" for pattern, text in (answers or {}).items())
    kubectl = ROOT / ".tools" / "kubectl"
    stand_in.write_text(
        _SCRIPT.format(kubectl=kubectl, log=log, applied=applied, failing=failing, answers=told)
    )
    stand_in.chmod(0o755)
    done = subprocess.run(
        [HERE / script, *arguments],
        env={"PATH": os.defpath, "KUBECTL": str(stand_in)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return Ran(done.returncode, done.stdout, log.read_text().splitlines(), applied.read_text())
