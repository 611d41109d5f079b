#!/usr/bin/env bash
# Rolls an overlay out in its order: `deploy/k8s/roll-out.sh prod-cpu` against the cluster of the current context.
# What everything stands on, migrations that the old code does not mind, the services, migrations that it would mind.
# A step that fails ends the rollout; what ran before goes on running, and the same command may be given again.
# With `hold` as a second word it ends before the last migrations, for as long as the old code may have to come back.
set -euo pipefail
cd "$(dirname "$0")/../.."
overlay=${1:?"which overlay? one of: $(ls deploy/k8s/overlays | tr '\n' ' ')"}
kubectl=${KUBECTL:-$(command -v kubectl || echo .tools/kubectl)}
hold=${2:-}
namespace=atelier

manifests=$(mktemp)
trap 'rm -f "$manifests"' EXIT
"$kubectl" kustomize "deploy/k8s/overlays/$overlay" >"$manifests"

say() { printf '%s  %s\n' "$(date -u +%H:%M:%S)" "$1"; }
# Server-side: fields that others own, such as the autoscalers' number of replicas, are left to them.
apply() { "$kubectl" apply --server-side --filename "$manifests" --selector "$1"; }
ready() { "$kubectl" --namespace "$namespace" wait --for condition=Ready --timeout "$@"; }
has() { grep -q "^kind: $1\$" "$manifests"; }

migrate() {
  say "migrations, phase $1"
  # A Job cannot be changed, and the last release's may still be there.
  "$kubectl" --namespace "$namespace" delete job --selector "atelier.dev/step=migrate-$1" --ignore-not-found
  apply "atelier.dev/step=migrate-$1"
  # The Jobs end by themselves within activeDeadlineSeconds, well or badly.
  if ! "$kubectl" --namespace "$namespace" wait job --selector "atelier.dev/step=migrate-$1" \
      --for condition=Complete --timeout 930s; then
    "$kubectl" --namespace "$namespace" logs --selector "atelier.dev/step=migrate-$1" --tail 20 --prefix >&2 || true
    say "the migrations failed, and the rollout ends here" >&2
    exit 1
  fi
}

say "what everything stands on"
apply '!atelier.dev/step'
if has ExternalSecret; then ready 120s externalsecret.external-secrets.io --all; fi
# Our own alone: the public certificate needs a name that leads here, which is nobody's hurry.
ready 120s certificate.cert-manager.io --selector app.kubernetes.io/part-of=atelier
# A new cluster makes its first instance, then copies it for the others.
ready 900s cluster.postgresql.cnpg.io atelier-postgres

migrate pre

say "the services"
apply atelier.dev/step=services
for deployment in $("$kubectl" --namespace "$namespace" get deployment --selector atelier.dev/step=services --output name); do
  # Longer than progressDeadlineSeconds: it is the Deployment that gives up, with a reason.
  "$kubectl" --namespace "$namespace" rollout status "$deployment" --timeout 1300s
done

# A rollout is told as done while old pods still drain: they run the old code, which the next step may break.
say "the last old pods end"
leaving=$("$kubectl" --namespace "$namespace" get pod --selector 'app.kubernetes.io/component in (service, worker)' \
  --output jsonpath='{range .items[?(@.metadata.deletionTimestamp)]}pod/{.metadata.name} {end}')
if [ -n "$leaving" ]; then
  # shellcheck disable=SC2086  # one argument a pod
  "$kubectl" --namespace "$namespace" wait $leaving --for delete --timeout 160s
fi

if [ "$hold" = hold ]; then
  say "$overlay is rolled out but for its last migrations; without \`hold\` the same command runs them"
  exit 0
fi
migrate post
say "$overlay is rolled out"
