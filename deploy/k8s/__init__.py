"""The platform on Kubernetes: kustomize manifests, and what renders and checks them. docs/kubernetes.md tells the rest."""
