"""Which files are generated, and what they hold."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from clients.generate import blocking, operations, shapes
from services.gateway import openapi
from services.gateway.routes import OPERATIONS

ROOT = Path(__file__).parents[1]
DOCUMENT = ROOT / "openapi.json"
PACKAGE = ROOT / "python" / "src" / "atelier_client"


def document() -> dict[str, Any]:
    """The gateway's OpenAPI document as JSON has it."""
    described: dict[str, Any] = json.loads(json.dumps(openapi.document(OPERATIONS)))
    return described


def generated() -> dict[Path, str]:
    """Text of every generated file but TypeScript's, which openapi-typescript writes from the document."""
    described = document()
    python = {
        PACKAGE / "shapes.py": shapes.module(described["components"]["schemas"]),
        PACKAGE / "operations.py": operations.module(described["paths"]),
    }
    for source in sorted((PACKAGE / "_async").glob("*.py")):
        python[PACKAGE / "_sync" / source.name] = blocking.module(source.read_text("utf-8"))
    return {
        DOCUMENT: json.dumps(described, ensure_ascii=False, indent=1) + "\n",
        **{path: _formatted(text) for path, text in python.items()},
    }


def _formatted(text: str) -> str:
    """As ruff has it, so that generated files read like the others: imports sorted, unused ones gone."""
    fixed = _ruff(["check", "--fix", "--exit-zero", "--select", "I,F401"], text)
    return _ruff(["format"], fixed)


def _ruff(arguments: list[str], text: str) -> str:
    command = [sys.executable, "-m", "ruff", *arguments, "--quiet", "--stdin-filename", "generated.py", "-"]
    answer = subprocess.run(command, input=text, capture_output=True, text=True, check=True, cwd=ROOT.parent)  # noqa: S603
    return answer.stdout
