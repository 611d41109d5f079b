"""``python -m deploy.k8s`` renders every overlay and validates it against the schemas; `make k8s-check` calls it."""

from __future__ import annotations

import json
import sys

from deploy.k8s import schemas
from deploy.k8s.render import Manifest, RenderFailed, folders, render


def main() -> None:
    different: dict[str, Manifest] = {}
    for folder in folders():
        try:
            manifests = render(folder)
        except RenderFailed as error:
            sys.exit(str(error))
        print(f"{folder}: {len(manifests)} manifests")
        # Overlays share most of theirs: each is looked at once.
        different |= {json.dumps(manifest, sort_keys=True): manifest for manifest in manifests}
    faults = [fault for version in schemas.VERSIONS for fault in schemas.faults(different.values(), version)]
    faults += schemas.custom_faults(different.values(), "every-overlay")
    if faults:
        sys.exit("\n".join(faults))
    print(f"{len(different)} different ones are right for Kubernetes {', '.join(schemas.VERSIONS)}.")


if __name__ == "__main__":
    main()
