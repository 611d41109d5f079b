"""The Dockerfile as stages of instructions."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from functools import cache

from tests.arch.source_tree import ROOT

PATH = ROOT / "deploy" / "docker" / "Dockerfile"


@dataclass(frozen=True)
class Stage:
    """One `FROM` and what follows it."""

    base: str
    instructions: tuple[tuple[str, str], ...] = field(default=())

    def all(self, name: str) -> list[str]:
        """The arguments of every instruction of that name."""
        return [text for kind, text in self.instructions if kind == name]

    def array(self, name: str) -> list[str]:
        """The exec form of the last instruction of that name; a shell form is an error."""
        parsed = json.loads(self.all(name)[-1].partition("CMD ")[2] or self.all(name)[-1])
        assert isinstance(parsed, list)
        return parsed


@cache
def arguments() -> dict[str, str]:
    """The arguments before the first stage."""
    head = PATH.read_text("utf-8").partition("\nFROM ")[0]
    return dict(re.findall(r"^ARG (\w+)=(\S+)$", head, re.MULTILINE))


@cache
def stages() -> dict[str, Stage]:
    """Every stage by name, in their order."""
    text = re.sub(r"^\s*#.*\n", "", PATH.read_text("utf-8"), flags=re.MULTILINE).replace("\\\n", " ")
    lines = [line.split(maxsplit=1) for line in text.splitlines() if line.strip()]
    found: dict[str, list[tuple[str, str]]] = {}
    bases: dict[str, str] = {}
    current = ""
    for kind, rest in lines:
        if kind == "FROM":
            base, _, current = rest.partition(" AS ")
            bases[current], found[current] = base, []
        elif current:
            found[current].append((kind, re.sub(r"\s+", " ", rest)))
    return {name: Stage(bases[name], tuple(instructions)) for name, instructions in found.items()}


def inherited(name: str) -> list[Stage]:
    """The stage and what it is built on, down to a public base."""
    chain = [stages()[name]]
    while chain[-1].base in stages():
        chain.append(stages()[chain[-1].base])
    return chain


def last(name: str, instruction: str) -> str:
    """What holds in the finished image: the nearest instruction of that name; empty where there is none."""
    for stage in inherited(name):
        if told := stage.all(instruction):
            return told[-1]
    return ""
