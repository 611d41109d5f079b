"""The project's own Python source, parsed once for every rule."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOTS = ("libs", "services", "deploy", "training", "benchmarks")


@dataclass(frozen=True)
class Module:
    """One source file."""

    path: str
    """Relative to the repository."""
    text: str
    tree: ast.Module

    def calls(self) -> Iterator[ast.Call]:
        """Every call in it."""
        return (node for node in ast.walk(self.tree) if isinstance(node, ast.Call))


@cache
def modules() -> tuple[Module, ...]:
    """Every module of the project but tests and generated code."""
    found = []
    for root in ROOTS:
        for path in sorted((ROOT / root).rglob("*.py")):
            text = path.read_text("utf-8")
            found.append(Module(str(path.relative_to(ROOT)), text, ast.parse(text)))
    return tuple(found)


def dotted(node: ast.expr) -> str:
    """`a.b.c` of an attribute chain; empty for anything else."""
    if isinstance(node, ast.Attribute):
        head = dotted(node.value)
        return f"{head}.{node.attr}" if head else f"?.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""
