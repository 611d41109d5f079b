#!/usr/bin/env bash
# Proves that the backups can be restored: `deploy/k8s/restore-drill.sh [MOMENT] [AVATAR]`, where the moment is such as
# 2027-03-01T12:00:00Z (five minutes ago by default) and the avatar one that was made before it. Makes a second cluster
# from the backups, counts what is in it, says how long that took, and removes it again. The first cluster is only asked.
set -euo pipefail
cd "$(dirname "$0")/../.."
moment=${1:-$(date -u -d '5 minutes ago' +%Y-%m-%dT%H:%M:%SZ)}
avatar=${2:-}
kubectl=${KUBECTL:-$(command -v kubectl || echo .tools/kubectl)}
namespace=atelier
drill=atelier-restore-drill

in_namespace() { "$kubectl" --namespace "$namespace" "$@"; }
# As the operating system's postgres, in the pod itself: no password leaves it.
ask() { in_namespace exec "$1" --container postgres -- psql --no-psqlrc --tuples-only --no-align --dbname atelier --command "$2"; }
remove() { "$kubectl" delete --kustomize deploy/k8s/restore-drill --ignore-not-found --wait; }

primary=$(in_namespace get pod --selector cnpg.io/cluster=atelier-postgres,cnpg.io/instanceRole=primary \
  --output jsonpath='{.items[0].metadata.name}')
count="SELECT (SELECT count(*) FROM auth.accounts WHERE created_at <= '$moment') || ' accounts, '
  || (SELECT count(*) FROM generator.avatars WHERE created_at <= '$moment') || ' avatars made by then'"
# The segment that holds the moment must have left the primary before anything can recover to it.
ask "$primary" 'SELECT pg_switch_wal()' >/dev/null

trap remove EXIT
start=$(date +%s)
"$kubectl" kustomize deploy/k8s/restore-drill | sed "s/MOMENT/\"$moment\"/" | "$kubectl" apply --server-side --filename -
in_namespace wait cluster.postgresql.cnpg.io "$drill" --for condition=Ready --timeout 3600s
echo "Restored to $moment in $(($(date +%s) - start)) s."
echo "now:      $(ask "$primary" "$count")"
echo "restored: $(ask "$drill-1" "$count")"
echo "newest restored avatar: $(ask "$drill-1" 'SELECT max(created_at) FROM generator.avatars')"
if [ -n "$avatar" ]; then
  found=$(ask "$drill-1" "SELECT count(*) FROM generator.avatars WHERE id = '$avatar'")
  if [ "$found" != 1 ]; then echo "The avatar $avatar is not in the restored database." >&2; exit 1; fi
  echo "The avatar $avatar is there."
fi
