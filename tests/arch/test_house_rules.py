"""Rules of the house that no linter knows."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.arch.source_tree import ROOT, Module, dotted, modules

LONGEST_MODULE = 400
LOG_METHODS = {"debug", "info", "warning", "error", "exception", "critical"}

Rule = Callable[[Module], Iterator[int]]


def commits_outside_the_unit_of_work(module: Module) -> Iterator[int]:
    """The unit of work commits at the edge, once."""
    if module.path in {"libs/atelierkit/sql.py", "libs/atelierkit/migrations.py"}:
        return
    yield from (call.lineno for call in module.calls() if dotted(call.func).endswith(".commit"))


def channels_outside_atelierkit(module: Module) -> Iterator[int]:
    """A bare channel has no deadline, no retry, no identity and no trace."""
    # The benchmarks' peer and load are bare on purpose; the health probe asks one question and ends.
    bare = {"benchmarks/bare_pair.py", "benchmarks/inference_load.py", "libs/atelierkit/probe.py"}
    if module.path in {"libs/atelierkit/client.py", *bare}:
        return
    for call in module.calls():
        if dotted(call.func).startswith("grpc.") and dotted(call.func).endswith("_channel"):
            yield call.lineno


def texts_built_for_a_log_line(module: Module) -> Iterator[int]:
    """The event of a log line is a fixed text; what varies is a key."""
    for call in module.calls():
        owner, _, method = dotted(call.func).rpartition(".")
        logs = method in LOG_METHODS and owner.endswith("log")
        if logs and call.args and not isinstance(call.args[0], ast.Constant):
            yield call.lineno


def work_at_import(module: Module) -> Iterator[int]:
    """Importing a module does nothing: objects meet in bootstrap.py."""
    if module.path.endswith("migrations/env.py"):  # alembic runs this file as a script
        return
    for node in module.tree.body:
        declares = (
            isinstance(node, ast.Expr)
            and isinstance(node.value, ast.Call)
            and dotted(node.value.func).endswith("Index")
        )
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and not declares:
            yield node.lineno


RULES: tuple[Rule, ...] = (
    commits_outside_the_unit_of_work,
    channels_outside_atelierkit,
    texts_built_for_a_log_line,
    work_at_import,
)

BROKEN: dict[Rule, str] = {
    commits_outside_the_unit_of_work: "await session.commit()",
    channels_outside_atelierkit: "import grpc\ngrpc.aio.insecure_channel('a')",
    texts_built_for_a_log_line: "_log.info(f'hello {name}')",
    work_at_import: "start()",
}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_source_keeps_the_rule(rule: Rule) -> None:
    broken = [f"{module.path}:{line}" for module in modules() for line in rule(module)]
    assert not broken, f"{rule.__doc__} Broken at {', '.join(broken)}"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_rule_can_fail(rule: Rule) -> None:
    text = BROKEN[rule]
    module = Module(
        "services/x.py", text, compile(text, "x", "exec", ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    )
    assert list(rule(module))


def test_no_module_is_longer_than_a_reader_s_patience() -> None:
    sources = [*modules(), *(_module(path) for path in (ROOT / "tests").rglob("*.py"))]
    long = {module.path: count for module in sources if (count := module.text.count("\n")) > LONGEST_MODULE}
    assert not long


def _module(path: Path) -> Module:
    text = path.read_text("utf-8")
    return Module(str(path), text, ast.parse(text))
