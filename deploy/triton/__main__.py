"""``python -m deploy.triton`` installs the server; ``python -m deploy.triton.server`` runs it."""

from __future__ import annotations

import sys

from deploy.triton import install


def main() -> None:
    """Install once; say why not where this machine cannot run it."""
    if not install.is_supported():
        print("Triton's server exists for Linux on x86-64 only: its tests are skipped on this machine.")
        return
    try:
        install.install()
    except install.InstallFailed as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
