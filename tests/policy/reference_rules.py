"""What manifests refer to exists, and says what the code expects of it."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from typing import Any

from pydantic_settings import BaseSettings

from deploy.k8s.render import HERE, title
from deploy.local.topology import CALLS, WITH_DATABASE
from services.gateway.settings import GatewaySettings
from tests.policy.objects import (
    Manifests,
    Workload,
    deployments,
    named,
    of_kind,
    ours,
    ports,
    services,
    workers,
    workloads,
)
from tests.policy.variables import image_variables, variables

STANDARD = re.compile(r"(AWS|OTEL|OMP|OPENBLAS|GRPC|NVIDIA)_[A-Z_]+")
"""Variables that keep the names that their libraries gave them."""
_OPERATORS_SECRETS = {"atelier-postgres-ca"}
"""Made by CloudNativePG for the cluster atelier-postgres."""
_LIMITS_STORE = "ATELIER_GATEWAY_LIMITS_STORE"
_VOLUMES = (
    ("secret", "Secret", "secretName"),
    ("configMap", "ConfigMap", "name"),
    ("persistentVolumeClaim", "PersistentVolumeClaim", "claimName"),
)
_PORTS = {"grpc": 50051, "health": 50052, "metrics": 9464}
_PORTS_OF_THE_GATEWAY = {"http": 8080, "metrics": 9464}
_PORTS_OF_WORKERS = {"health": 50052, "metrics": 9464}


def settings_class(service: str) -> type[BaseSettings]:
    found: type[BaseSettings] = getattr(
        importlib.import_module(f"services.{service}.settings"), f"{service.title()}Settings"
    )
    return found


def there(manifests: Manifests) -> Iterator[str]:
    """Every ConfigMap, Secret and volume that a pod refers to is made by something."""
    known = {
        "ConfigMap": {item["metadata"]["name"] for item in of_kind(manifests, "ConfigMap")},
        "PersistentVolumeClaim": {
            item["metadata"]["name"] for item in of_kind(manifests, "PersistentVolumeClaim")
        },
        "Secret": _secrets(manifests),
    }
    for workload in workloads(manifests):
        for kind, name in _references(workload):
            if name not in known[kind]:
                yield f"{workload.title}: nobody makes the {kind} {name}"
    for item in of_kind(manifests, "Cluster"):
        for role in item["spec"]["managed"]["roles"]:
            if role["passwordSecret"]["name"] not in known["Secret"]:
                yield f"{title(item)}: nobody makes the Secret {role['passwordSecret']['name']}"


def _secrets(manifests: Manifests) -> set[str]:
    certificates = {item["spec"]["secretName"] for item in of_kind(manifests, "Certificate")}
    external = {item["spec"]["target"]["name"] for item in of_kind(manifests, "ExternalSecret")}
    # Without a vault, the script of the dev overlay makes them.
    return certificates | (external or _of_the_script()) | _OPERATORS_SECRETS


def _of_the_script() -> set[str]:
    text = (HERE / "dev-secrets.sh").read_text("utf-8")
    roles = re.search(r"for service in ([a-z ]+); do", text)
    assert roles is not None
    return {f"atelier-database-{role}" for role in roles[1].split()} | set(
        re.findall(r"make_secret (atelier-\S+)", text)
    )


def _references(workload: Workload) -> Iterator[tuple[str, str]]:
    """Kind and name of everything that the pod takes variables or files from."""
    sources = [source for each in workload.containers for source in each.get("envFrom", [])]
    sources += [item.get("valueFrom", {}) for each in workload.containers for item in each.get("env", [])]
    for source in sources:
        for key, reference in source.items():
            yield ("Secret" if key.startswith("secret") else "ConfigMap"), reference["name"]
    for volume in workload.pod.get("volumes", []):
        for key, kind, field in _VOLUMES:
            if key in volume:
                yield kind, volume[key][field]


def mounted(manifests: Manifests) -> Iterator[str]:
    """Every volume of a pod is mounted, and every mount has its volume; a file that a setting names lies in one."""
    for workload in workloads(manifests):
        volumes = {volume["name"] for volume in workload.pod.get("volumes", [])}
        mounts = {
            mount["name"]: mount["mountPath"]
            for each in workload.containers
            for mount in each.get("volumeMounts", [])
        }
        if volumes != set(mounts):
            yield f"{workload.title}: volumes {sorted(volumes)}, mounts {sorted(mounts)}"
        if workload.service is not None:
            for name, value in variables(manifests, workload).items():
                if "_TLS_" in name and not any(value.startswith(f"{path}/") for path in mounts.values()):
                    yield f"{workload.title}: {name} names {value}, where nothing is mounted"


def understood(manifests: Manifests) -> Iterator[str]:
    """Every variable is a field of the service's settings, with a value that these take, and none that is needed lacks."""
    for workload in ours(manifests):
        service = workload.service or ""
        prefix = f"ATELIER_{service.upper()}_"
        fields = settings_class(service).model_fields
        given = image_variables(service) | variables(manifests, workload)
        own = {name: value for name, value in given.items() if name.startswith(prefix)}
        for name in variables(manifests, workload):
            others = name.startswith("ATELIER_") and any(
                name.startswith(f"ATELIER_{each.upper()}_") for each in CALLS
            )
            if name in own and name.removeprefix(prefix).lower() not in fields:
                yield f"{workload.title}: {name} is no setting"
            elif name not in own and not others and not STANDARD.fullmatch(name):
                yield f"{workload.title}: nobody reads {name}"
        needed = {f"{prefix}{name.upper()}" for name, field in fields.items() if field.is_required()}
        for name in sorted(needed - set(own)):
            yield f"{workload.title}: {name} is missing"


def sealed(manifests: Manifests) -> Iterator[str]:
    """What runs auth's code has the sealing keys from their Secret: a key that it made itself would die with its pod."""
    wanted = {"secretKeyRef": {"name": "atelier-sealing-keys", "key": "keys"}}
    for workload in deployments(manifests):
        if not workload.name.startswith("atelier-auth"):
            continue
        given = {item["name"]: item.get("valueFrom") for item in workload.pod["containers"][0].get("env", [])}
        if given.get("ATELIER_AUTH_SEALING_KEYS") != wanted:
            yield f"{workload.title}: the sealing keys are missing"


def counted_together(manifests: Manifests) -> Iterator[str]:
    """Several gateways count in one store: each by itself would let a caller ask as often as there are gateways."""
    gateway = next(each for each in services(manifests) if each.service == "gateway")
    has_store = any(
        item.get("valueFrom") == {"secretKeyRef": {"name": "atelier-limits-store", "key": "url"}}
        for item in gateway.pod["containers"][0].get("env", [])
        if item["name"] == _LIMITS_STORE
    )
    if has_store is (gateway.manifest["spec"].get("replicas") == 1):
        yield f"{gateway.title}: {_LIMITS_STORE} does not fit the number of gateways"


def addressed(manifests: Manifests) -> Iterator[str]:
    """Every address of a peer is that of a Service, at its gRPC port, for all pods behind the name."""
    by_name = {item["metadata"]["name"]: item for item in of_kind(manifests, "Service")}
    for workload in ours(manifests):
        prefix = f"ATELIER_{(workload.service or '').upper()}_"
        given = variables(manifests, workload)
        for callee in CALLS[workload.service or ""]:
            address = given.get(f"{prefix}{callee.upper()}_ADDR", "")
            if address != f"dns:///atelier-{callee}:50051" or f"atelier-{callee}" not in by_name:
                yield f"{workload.title} calls {callee} at {address!r}"
        inference = given.get(f"{prefix}INFERENCE", "local")
        if inference != "local" and inference.removeprefix("dns:///").split(":")[0] not in by_name:
            yield f"{workload.title} infers at {inference!r}"


def conventional(manifests: Manifests) -> Iterator[str]:
    """Ports have the names and numbers that dashboards, policies and probes rely on, and the image listens there."""
    for workload in ours(manifests):
        service = workload.service or ""
        wanted = _PORTS_OF_THE_GATEWAY if service == "gateway" else _PORTS
        wanted = _PORTS_OF_WORKERS if workload.is_worker else wanted
        if ports(workload) != wanted:
            yield f"{workload.title} has the ports {ports(workload)}"
        prefix = f"ATELIER_{service.upper()}_"
        listens = image_variables(service) | variables(manifests, workload)
        fields = {"grpc": "PORT", "http": "PORT", "health": "HEALTH_PORT", "metrics": "METRICS_PORT"}
        for name, number in wanted.items():
            if (told := listens.get(f"{prefix}{fields[name]}")) != str(number):
                yield f"{workload.title}: the process's {name} port is {told}"
        if {listens.get(f"{prefix}HOST"), listens.get(f"{prefix}METRICS_HOST")} != {"0.0.0.0"}:  # noqa: S104
            yield f"{workload.title} listens where nobody reaches it"


def health_names(manifests: Manifests) -> Iterator[str]:
    """A gRPC service is ready when it says so under its own name; it lives as long as it answers under none."""
    for workload in ours(manifests):
        service = workload.service or ""
        if service == "gateway":
            continue
        container = workload.pod["containers"][0]
        name = "worker" if workload.is_worker else _full_name(service)
        asked = {
            kind: container[kind]["grpc"].get("service", "") for kind in ("readinessProbe", "livenessProbe")
        }
        if asked != {"readinessProbe": name, "livenessProbe": ""}:
            yield f"{workload.title} is asked for {asked}"


def _full_name(service: str) -> str:
    module = importlib.import_module(f"atelier.{service}.v1.{service}_pb2")
    (descriptor,) = module.DESCRIPTOR.services_by_name.values()
    return str(descriptor.full_name)


_OF_WORKERS = {"DATABASE_POOL_OVERFLOW", "SCRATCH_DIR"}


def employed(manifests: Manifests) -> Iterator[str]:
    """A worker runs in its service's image, with its variables, its certificate and its patience, but for what is a worker's alone."""
    by_service = {each.service: each for each in services(manifests)}
    for workload in workers(manifests):
        service = by_service[workload.service]
        own, theirs = workload.pod["containers"][0], service.pod["containers"][0]
        if own["command"] != ["python", "-m", f"services.{workload.service}.worker"]:
            yield f"{workload.title} runs {own['command']}"
        if own["image"] != theirs["image"]:
            yield f"{workload.title} runs in {own['image']}"
        prefix = f"ATELIER_{(workload.service or '').upper()}_"
        given = {
            name: value
            for name, value in variables(manifests, workload).items()
            if name.removeprefix(prefix) not in _OF_WORKERS
        }
        if given != variables(manifests, service):
            yield f"{workload.title} has other variables than its service"
        if _secret_of(workload, "tls") != _secret_of(service, "tls"):
            yield f"{workload.title} has another identity than its service"


def _secret_of(workload: Workload, volume: str) -> str:
    return str(
        next(item for item in workload.pod["volumes"] if item["name"] == volume)["secret"]["secretName"]
    )


def certified(manifests: Manifests) -> Iterator[str]:
    """Every service's certificate has its names and its identity, a new key at each renewal, and reaches its pods."""
    for workload in services(manifests):
        name = workload.name
        spec = named(manifests, "Certificate", name)["spec"]
        if spec["dnsNames"] != [name, f"{name}.atelier.svc"] or spec["uris"] != [
            f"spiffe://atelier/ns/atelier/sa/{name}"
        ]:
            yield f"Certificate/{name} is for {spec['dnsNames']}, {spec['uris']}"
        if spec["privateKey"]["rotationPolicy"] != "Always" or not {"server auth", "client auth"} <= set(
            spec["usages"]
        ):
            yield f"Certificate/{name} keeps its key, or is good for one side alone"
        if _hours(spec["renewBefore"]) * 3 != _hours(spec["duration"]):
            yield f"Certificate/{name} is not renewed after two thirds of its life"
        mounted_secrets = {volume.get("secret", {}).get("secretName") for volume in workload.pod["volumes"]}
        if spec["secretName"] not in mounted_secrets:
            yield f"{workload.title} does not see its certificate"


def _hours(duration: str) -> int:
    return int(duration.removesuffix("h"))


def migrated(manifests: Manifests) -> Iterator[str]:
    """Each schema has its two Jobs, in the image of its service and with its service's database."""
    jobs = {
        item["metadata"]["name"]: item["spec"]["template"]["spec"]["containers"][0]
        for item in of_kind(manifests, "Job")
    }
    wanted = {
        f"atelier-migrate-{service}-{phase}": (service, phase)
        for service in WITH_DATABASE
        for phase in ("pre", "post")
    }
    if set(jobs) != set(wanted):
        yield f"the Jobs are {sorted(jobs)}"
    for name in set(jobs) & set(wanted):
        service, phase = wanted[name]
        container = jobs[name]
        command = [*container["command"], *container["args"]]
        if command != ["python", "-m", "atelierkit.migrations", "--phase", phase, f"services.{service}"]:
            yield f"Job/{name} runs {' '.join(command)}"
        if f"/atelier-{service}:" not in container["image"]:
            yield f"Job/{name} runs in {container['image']}"
        if container["env"][0]["name"] != f"ATELIER_{service.upper()}_DATABASE_URL":
            yield f"Job/{name} is told of {container['env'][0]['name']}"


def wide_enough(manifests: Manifests) -> Iterator[str]:
    """What stands before the gateway lets through what the gateway takes, for as long as that may take."""
    fields: dict[str, Any] = {name: field.default for name, field in GatewaySettings.model_fields.items()}
    longest = max(fields["cloud_timeout_s"], fields["request_timeout_s"])
    for item in of_kind(manifests, "Ingress"):
        notes = {key.partition("/")[2]: value for key, value in item["metadata"]["annotations"].items()}
        if int(notes["proxy-body-size"].removesuffix("m")) * 1024**2 <= fields["max_cloud_bytes"]:
            yield f"{title(item)} refuses uploads that the gateway takes"
        if int(notes["proxy-read-timeout"]) <= longest:
            yield f"{title(item)} gives up before the gateway does"
    for item in of_kind(manifests, "HTTPRoute"):
        for rule in item["spec"]["rules"]:
            path = rule.get("matches", [{"path": {"value": ""}}])[0]["path"]["value"]
            limit = fields["cloud_timeout_s"] if path == "/v1/clouds" else fields["request_timeout_s"]
            if "timeouts" in rule and int(rule["timeouts"]["request"].removesuffix("s")) <= limit:
                yield f"{title(item)} gives up on {path} before the gateway does"


def one_namespace(manifests: Manifests) -> Iterator[str]:
    """Everything lies in one namespace, which lets in nothing but restricted pods."""
    for item in manifests:
        if item["kind"] == "Namespace":
            if item["metadata"]["labels"].get("pod-security.kubernetes.io/enforce") != "restricted":
                yield f"{title(item)} lets any pod in"
        elif item["metadata"].get("namespace") != "atelier":
            yield f"{title(item)} lies in {item['metadata'].get('namespace')}"
