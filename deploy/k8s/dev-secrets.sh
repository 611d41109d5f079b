#!/usr/bin/env bash
# Makes the Secrets of the dev overlay, with passwords that nobody knows; those that are there already stay.
set -euo pipefail
kubectl=${KUBECTL:-kubectl}
$kubectl create namespace atelier --dry-run=client --output yaml | $kubectl apply --filename -
make_secret() {
  if $kubectl --namespace atelier get secret "$1" >/dev/null 2>&1; then return; fi
  $kubectl --namespace atelier create secret generic "$@"
}
for service in auth catalog generator exporter; do
  password=$(head -c 24 /dev/urandom | base64 | tr '+/' '-_')
  url="postgresql+psycopg://$service:$password@atelier-postgres-rw:5432/atelier?sslmode=verify-full&sslrootcert=/etc/atelier/postgres/ca.crt"
  make_secret "atelier-database-$service" --type kubernetes.io/basic-auth \
    --from-literal=username="$service" --from-literal=password="$password" --from-literal=url="$url"
done
# Seals what auth stores; whoever loses it loses the signing keys, the webhooks' secrets and what else is sealed.
make_secret atelier-sealing-keys --from-literal=keys="dev:$(head -c 32 /dev/urandom | base64 --wrap=0)"
# Files lie in a volume: no keys are needed, and the services are given none.
make_secret atelier-object-store --from-literal=AWS_EC2_METADATA_DISABLED=true
