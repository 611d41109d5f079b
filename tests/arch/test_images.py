"""What holds for every image, read from the Dockerfile."""

from __future__ import annotations

import re
import tomllib
from fnmatch import fnmatch
from pathlib import Path

import grimp
import pytest

from deploy.local.processes import QUIET
from deploy.local.topology import CALLS
from deploy.triton.arguments import Ports
from deploy.triton.arguments import arguments as triton_arguments
from tests.arch import dockerfile
from tests.arch.source_tree import ROOT

SERVICES = tuple(CALLS)
TARGETS = (*SERVICES, "triton")
FULL_TAG = re.compile(r"[a-z0-9.-]+\.[a-z]+/[a-z0-9./-]+:v?\d+\.\d+[\w.-]*(@sha256:[0-9a-f]{64})?")
OWN_PACKAGES = ("anthropometry", "atelier", "atelierkit", "bodymodel", "bodypose", "facemodel", "photos")
MODELS = {
    "generator": {
        "population",
        "body_generator",
        "face_detector_short",
        "face_detector_full",
        "face_mesh",
        "face_topology",
        "face_traits",
        "pose_detector",
        "pose_landmarks",
    },
    "mesher": {"body_template", "body_shape", "face_shapes", "face_topology", "head_mould", "population"},
}


def copied(stage: str) -> set[str]:
    """What the stage and those below it take from the working tree."""
    texts = [text for each in dockerfile.inherited(stage) for text in each.all("COPY")]
    return {part for text in texts if not text.startswith("--from") for part in text.split()[:-1]}


def test_every_public_base_is_pinned_to_a_full_version() -> None:
    bases = {stage.base for stage in dockerfile.stages().values()} - set(dockerfile.stages())
    assert bases == {f"${{{name}}}" for name in dockerfile.arguments()}
    assert all(FULL_TAG.fullmatch(image) for image in dockerfile.arguments().values()), dockerfile.arguments()


def test_there_is_one_target_for_each_service_and_one_for_triton() -> None:
    used = {part for stage in dockerfile.stages().values() for part in (stage.base, *_from(stage))}
    assert set(dockerfile.stages()) - used == set(TARGETS)


def _from(stage: dockerfile.Stage) -> list[str]:
    return re.findall(r"--from=(\S+)", " ".join(stage.all("COPY")))


@pytest.mark.parametrize("target", TARGETS)
def test_no_image_runs_as_root(target: str) -> None:
    assert dockerfile.last(target, "USER") == "65532:65532"


@pytest.mark.parametrize("target", TARGETS)
def test_every_image_has_a_health_check_in_exec_form(target: str) -> None:
    check = dockerfile.stages()[target].array("HEALTHCHECK")
    expected = ["python", "-m", "atelierkit.probe", target]
    if target == "gateway":
        expected += ["--http", "/healthz"]
    assert check == expected if target in SERVICES else check[-1].endswith("/v2/health/live")


@pytest.mark.parametrize("target", SERVICES)
def test_the_service_is_the_first_process_and_hears_sigterm(target: str) -> None:
    assert dockerfile.stages()[target].array("ENTRYPOINT") == ["python", "-m", f"services.{target}"]
    assert dockerfile.last(target, "STOPSIGNAL") == "SIGTERM"


def test_triton_runs_with_the_arguments_of_its_own_module() -> None:
    stage = dockerfile.stages()["triton"]
    assert stage.array("ENTRYPOINT") == []
    assert stage.array("CMD") == ["tritonserver", *triton_arguments(Path("/models"), Ports())]


@pytest.mark.parametrize("target", SERVICES)
def test_packages_are_those_of_the_service_s_own_lock_by_hash(target: str) -> None:
    packages = dockerfile.stages()[f"{target}-packages"]
    lock = "mesher-scans.lock" if target == "mesher" else f"{target}.lock"
    compiles = {"requirements/build.lock"} if target == "mesher" else set()
    assert copied(f"{target}-packages") == {f"requirements/{lock}"} | compiles
    installs = re.findall(r"pip install [^&]+", " ".join(packages.all("RUN")))
    assert installs
    assert all("--require-hashes --no-deps" in install for install in installs)
    assert f"--requirement {lock}" in installs[-1]


@pytest.mark.parametrize("target", SERVICES)
def test_an_image_holds_the_code_that_its_service_imports_and_no_more(target: str) -> None:
    graph = _import_graph()
    own = {module for module in graph.modules if f"{module}.".startswith(f"services.{target}.")}
    upstream = {name.partition(".")[0] for module in own for name in graph.find_upstream_modules(module)}
    taken = copied(f"{target}-code")
    libraries = {path.rpartition("/")[2] for path in taken if path.startswith("libs/")}
    # gen/python is taken whole: it holds `atelier`, and `buf` for the rules in the messages.
    assert libraries | {"atelier"} == (upstream & set(OWN_PACKAGES)) | {"atelierkit", "atelier"}
    assert {path for path in taken if path.startswith("services/")} == {f"services/{target}"}


def _import_graph() -> grimp.ImportGraph:
    return grimp.build_graph(*OWN_PACKAGES, "services", cache_dir=None)


@pytest.mark.parametrize("target", SERVICES)
def test_an_image_holds_the_models_that_its_service_loads_and_no_more(target: str) -> None:
    taken = {path.split("/")[1] for path in copied(f"{target}-code") if path.startswith("models/")}
    assert taken == MODELS.get(target, set())
    assert all((ROOT / "models" / name / "manifest.json").is_file() for name in taken)


@pytest.mark.parametrize("target", SERVICES)
def test_what_runs_is_made_of_copies(target: str) -> None:
    """Whatever installs or compiles stays in the stages that are left behind."""
    allowed = {"runtime", "runtime-scans"}
    for name in [target, *(base for base in (dockerfile.stages()[target].base,) if base not in allowed)]:
        assert not dockerfile.stages()[name].all("RUN")
    assert set(_from(dockerfile.stages()[target])) == {f"{target}-packages", f"{target}-code"}
    assert "ensurepip" in " ".join(dockerfile.stages()["runtime"].all("RUN"))


def test_every_service_runs_with_the_variables_of_make_run() -> None:
    environment = dict(re.findall(r"(\w+)=(\S+)", " ".join(dockerfile.stages()["runtime"].all("ENV"))))
    assert environment.items() >= QUIET.items()


def test_the_version_is_the_one_of_pyproject() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    texts = [text for stage in dockerfile.stages().values() for text in stage.all("ARG")]
    assert {text for text in texts if text.startswith("VERSION=")} == {f"VERSION={project['version']}"}


def test_the_context_admits_what_is_copied_and_nothing_secret() -> None:
    lines = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line and line[0] != "#"]
    assert lines[0] == "*"
    for path in {path for name in dockerfile.stages() for path in copied(name)}:
        assert _admitted(lines, path), path
    for path in (
        ".git/config",
        ".venv/bin/python",
        ".atelier/postgres",
        "deploy/compose/secrets/auth.env",
        "shared",
    ):
        assert not _admitted(lines, path), path
    for path in (
        "services/auth/__pycache__/x.pyc",
        "web/node_modules/lit/index.js",
        "libs/atelierkit/testing/tokens.py",
    ):
        assert not _admitted(lines, path), path


def _admitted(lines: list[str], path: str) -> bool:
    """As Docker reads the file: the last line that fits the path or a folder above it decides."""
    parts = path.split("/")
    above = ["/".join(parts[: count + 1]) for count in range(len(parts))]
    admitted = True
    for line in lines:
        pattern = line.removeprefix("!").removeprefix("**/")
        anywhere = line.removeprefix("!").startswith("**/")
        if any(fnmatch(part, pattern) for part in (parts if anywhere else above)):
            admitted = line.startswith("!")
    return admitted
