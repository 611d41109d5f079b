"""The paper plan for a million avatars a day: `python -m benchmarks.capacity` writes docs/capacity.md.

Everything is computed from the measured results in benchmarks/results and from the assumptions below, which are
guesses that an operator replaces by what they pay and see.
"""

from __future__ import annotations

import argparse
import itertools
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from benchmarks.stack import RESULTS
from services.gateway.settings import GatewaySettings

PAGE = Path(__file__).resolve().parents[1] / "docs" / "capacity.md"
DAY_S = 86_400
YEAR_DAYS = 365
GB = 1e9
POOL = 10
"""Connections of one process to its database: pool and overflow (`DatabaseSettings`)."""
MAX_CONNECTIONS = 450
"""Of the cluster in deploy/k8s/postgres."""
MAX_BODIES = GatewaySettings.model_fields["max_bodies"].default
STATELESS = ("gateway", "auth", "catalog", "generator", "mesher", "tryon")
WITH_DATABASE = ("auth", "catalog", "generator")


@dataclass(frozen=True)
class Assumptions:
    """What nobody measured here: the load's shape, and list prices of the order that large clouds ask."""

    avatars_per_day: float = 1_000_000
    """Avatars made a day."""
    peak_factor: float = 4.0
    """The busiest minutes beside the day's mean."""
    utilisation: float = 0.6
    """Share of a pod's CPU that is planned with; the rest is for bursts and for pods that are gone."""
    mesher_pod_cpus: float = 2.0
    """CPUs of a mesher's pod: its two workers."""
    pod_cpus: float = 1.0
    """CPUs of any other pod: one event loop."""
    fewest_pods: int = 2
    """Of each service, so that one may go."""
    faster_cpu: float = 1.0
    """A CPU of the cluster beside the one of the measurements."""
    replicas_of_database: int = 2
    """Standbys beside the primary."""
    cpu_hour: float = 0.04
    """Price of a CPU with 4 GB of memory, an hour."""
    block_gb_month: float = 0.10
    """Price of a GB of database storage, a month, of each replica."""
    object_gb_month: float = 0.023
    """Price of a GB in the object store, a month."""
    object_write: float = 0.000005
    """Price of one write to the object store."""
    egress_gb: float = 0.08
    """Price of a GB to the internet."""
    kept_days: float = 365
    """How long avatars are kept before their owners, or you, delete them."""


@dataclass(frozen=True)
class Plan:
    """What follows."""

    assumed: Assumptions
    load: Mapping[str, Any]
    sizes: Mapping[str, float]

    @property
    def per_avatar(self) -> dict[str, float]:
        """Requests of each scenario for one avatar made, as the load's mix has them."""
        mix: Mapping[str, float] = self.load["mix"]
        return {name: share / mix["create avatar"] for name, share in mix.items()}

    def cpu_s(self, group: str) -> float:
        """CPU seconds of a service, or of PostgreSQL, for one avatar and all that is asked around it."""
        cost: Mapping[str, Mapping[str, float]] = self.load["cpu_ms"]
        total_ms = sum(cost[name][group] * count for name, count in self.per_avatar.items())
        return total_ms / 1e3 / self.assumed.faster_cpu

    @property
    def mean_rate(self) -> float:
        """Avatars a second."""
        return self.assumed.avatars_per_day / DAY_S

    @property
    def peak_rate(self) -> float:
        """Avatars a second in the busiest minutes."""
        return self.mean_rate * self.assumed.peak_factor

    def peak_cpus(self, group: str) -> float:
        """CPUs at work in the busiest minutes."""
        return self.cpu_s(group) * self.peak_rate

    def pods(self, service: str) -> int:
        """Pods in the busiest minutes."""
        cpus = self.assumed.mesher_pod_cpus if service == "mesher" else self.assumed.pod_cpus
        return max(
            self.assumed.fewest_pods, math.ceil(self.peak_cpus(service) / cpus / self.assumed.utilisation)
        )

    @property
    def database_cpus(self) -> float:
        """CPUs of the primary."""
        return self.peak_cpus("postgres") / self.assumed.utilisation

    @property
    def connections(self) -> int:
        """Connections that full pools open."""
        return sum(self.pods(service) * POOL for service in WITH_DATABASE)

    def day_gb(self, *names: str) -> float:
        """GB a day of what an avatar leaves."""
        return sum(self.sizes[name] for name in names) * self.assumed.avatars_per_day / GB

    @property
    def egress_day_gb(self) -> float:
        """GB a day to the internet: downloads and answers; previews are 82 kB each."""
        count = self.per_avatar
        bytes_each = (
            count["download GLB"] * self.sizes["glb_bytes"]
            + (count["create avatar"] + count["get avatar"] + 5 * count["list avatars"])
            * self.sizes["answer_gzip_bytes"]
            + count["preview"] * PREVIEW_BYTES
        )
        return bytes_each * self.assumed.avatars_per_day / GB

    def costs(self) -> dict[str, float]:
        """Price of a day, by what is paid for."""
        assumed = self.assumed
        # An autoscaler follows the day: what is paid is the mean load at the planned utilisation.
        groups = (*STATELESS, "postgres")
        cpus = sum(self.cpu_s(group) for group in groups) * self.mean_rate / assumed.utilisation
        database_cpus = self.database_cpus * assumed.replicas_of_database
        kept_rows = self.day_gb("database_bytes") * assumed.kept_days
        kept_files = self.day_gb("glb_bytes", "points_bytes") * assumed.kept_days
        return {
            "CPUs of the services": cpus * 24 * assumed.cpu_hour,
            "standby CPUs of the database": database_cpus * 24 * assumed.cpu_hour,
            "database storage": kept_rows
            * (1 + assumed.replicas_of_database)
            * assumed.block_gb_month
            / MONTH_DAYS,
            "object store": kept_files * assumed.object_gb_month / MONTH_DAYS,
            "writes to the object store": 2 * assumed.avatars_per_day * assumed.object_write,
            "egress": self.egress_day_gb * assumed.egress_gb,
        }


MONTH_DAYS = 30.4
PREVIEW_BYTES = 82_500
"""13,718 vertices of six bytes, a header and the readings; it is not compressed."""


def _pods_rows(plan: Plan) -> str:
    return "\n".join(
        f"| {service} | {plan.cpu_s(service) * 1e3:.1f} | {plan.peak_cpus(service):.1f} | {plan.pods(service)} |"
        for service in STATELESS
    )


def _assumption_rows(assumed: Assumptions) -> str:
    texts = _field_texts()
    return "\n".join(
        f"| `{item.name}` | {_plain(getattr(assumed, item.name))} | {texts[item.name]} |"
        for item in fields(assumed)
    )


def _plain(value: float) -> str:
    """A number as people write it."""
    return f"{value:,.6f}".rstrip("0").rstrip(".")


def _field_texts() -> dict[str, str]:
    """Each assumption's own docstring, from the source: one place says what it means."""
    lines = Path(__file__).read_text("utf-8").partition("class Assumptions:")[2].splitlines()
    names = {item.name for item in fields(Assumptions)}
    return {
        line.strip().partition(":")[0]: below.strip().strip('"')
        for line, below in itertools.pairwise(lines)
        if line.strip().partition(":")[0] in names
    }


def page(plan: Plan, network_ms: float, batched_per_s: float) -> str:
    """The page."""
    assumed, costs = plan.assumed, plan.costs()
    total = sum(costs.values())
    network_rate = plan.peak_rate * (1 + plan.per_avatar["preview"])
    cost_rows = "\n".join(
        f"| {name} | {cost:,.0f} | {cost / assumed.avatars_per_day * 1000:.3f} |"
        for name, cost in costs.items()
    )
    around = ", ".join(
        f"{count:g} of `{name}`" for name, count in plan.per_avatar.items() if name != "create avatar"
    )
    rows_day, wal_day = plan.day_gb("database_bytes"), plan.day_gb("wal_bytes")
    return f"""# Capacity: {assumed.avatars_per_day:,.0f} avatars a day, on paper

Written by `python -m benchmarks.capacity` from [what was measured](../benchmarks/results) and from the assumptions at the
end, which are options of the command. It is a plan, not a measurement: nobody here has a cluster of this size. Costs per
request grow with an exponent of at most 0.15 ([growth](../benchmarks/results/growth.md)), so that unit costs of a small store
hold for a large one.

{plan.mean_rate:.1f} avatars a second in the mean, {plan.peak_rate:.0f} in the busiest minutes. Around each avatar: {around}.

## Pods

| service | CPU ms for one avatar and what is around it | CPUs at the peak | pods at the peak |
|---|---|---|---|
{_pods_rows(plan)}

A mesher's pod has {assumed.mesher_pod_cpus:g} CPUs, any other {assumed.pod_cpus:g}; {assumed.utilisation:.0%} of them are planned with. Between peaks the autoscaler
takes pods away: what is paid below is the mean.

**GPUs: none.** The network costs {network_ms:.1f} ms of one CPU; {network_rate:.0f} bodies a second at the peak are {network_rate * network_ms / 1e3:.2f} CPUs, and one Triton
on two shared CPUs answered {batched_per_s:,.0f} a second with joined requests. Cards begin to pay with the heavier networks that later
releases bring (faces, try-on).

## Database

| what | a day | a year |
|---|---|---|
| rows, indexes included | {rows_day:,.1f} GB | {rows_day * YEAR_DAYS / 1e3:,.1f} TB |
| write-ahead log | {wal_day:,.1f} GB | {wal_day * YEAR_DAYS / 1e3:,.1f} TB, in the archive only as long as backups need it |

The primary needs {plan.database_cpus:.1f} CPUs and writes {wal_day * 1e3 / DAY_S * assumed.peak_factor:.1f} MB of log a second at the peak. Full pools open
{plan.connections} connections.

## Files and network

| what | a day | a year |
|---|---|---|
| GLBs and points in the object store | {plan.day_gb("glb_bytes", "points_bytes"):,.0f} GB | {plan.day_gb("glb_bytes", "points_bytes") * YEAR_DAYS / 1e3:,.0f} TB |
| egress | {plan.egress_day_gb:,.0f} GB | {plan.egress_day_gb * YEAR_DAYS / 1e3:,.0f} TB |

## Price

| what | a day | per 1,000 avatars |
|---|---|---|
{cost_rows}
| **all** | **{total:,.0f}** | **{total / assumed.avatars_per_day * 1000:.2f}** |

Storage is that of avatars kept for {assumed.kept_days:g} days, once so many days have passed. US dollars at assumed list prices.

## What breaks first, and what to do

1. **Money, by keeping every GLB.** The object store is {costs["object store"] / total:.0%} of the price. A recipe rebuilds the same bytes, from points
   that are a tenth of the GLB's size: delete GLBs that nobody asked for in a month, and build them again when somebody
   does ([architecture](architecture.md)). Egress is {costs["egress"] / total:.0%}; files compressed by meshopt shrink both ([formats](formats.md)).
2. **The table of avatars.** {rows_day:,.0f} GB a day, of which the receipts with the tapes' paths are nearly all, is
   {rows_day * YEAR_DAYS / 1e3:,.1f} TB after a year: vacuum, backup and restore take too long well before. Partition by month of creation, and move
   receipts to the object store beside the GLB, which leaves some hundred bytes a row.
3. **Connections.** {plan.connections} from full pools stand against `max_connections` of {MAX_CONNECTIONS} in the manifests: {MAX_CONNECTIONS / plan.connections:.1f} times this load is the
   end. Then put PgBouncer in transaction mode between (CloudNativePG's `Pooler`), or make pools smaller: a generator uses
   a connection for some milliseconds of a request that takes a hundred.
4. **The meshers** are {plan.peak_cpus("mesher") / sum(map(plan.peak_cpus, STATELESS)):.0%} of all CPU. They scale by adding pods, and refuse early when there are too few: the
   gateway answers 503 with `Retry-After`, and `RefusalsSpike` and `QueueStands` are the alerts to look at. Dressing is the
   most of it ([stages](../benchmarks/results/main_way.md)). A gateway takes `ATELIER_GATEWAY_MAX_BODIES` at a time ({MAX_BODIES}): about three for
   each worker of the meshers behind it, shared by the gateways.
5. **One gateway** is one event loop: at {1 / plan.cpu_s("gateway") * assumed.pod_cpus:.0f} avatars a second with all that is around them it is full. Pods are added by
   CPU, before the loop is late (`EventLoopBlocked`).

## Assumptions

| option | value | means |
|---|---|---|
{_assumption_rows(assumed)}
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    for item in fields(Assumptions):
        option = "--" + item.name.replace("_", "-")
        parser.add_argument(option, type=type(item.default), default=item.default)
    assumed = Assumptions(**vars(parser.parse_args()))
    read = {
        name: json.loads((RESULTS / f"{name}.json").read_text())
        for name in ("load", "footprint", "main_way", "triton")
    }
    plan = Plan(assumed, read["load"], read["footprint"])
    joined = max(
        load["joined"]["per_second"] for load in read["triton"]["medians"].values() if "joined" in load
    )
    PAGE.write_text(page(plan, read["main_way"]["stages_cpu_ms"]["network"], joined))
    print(f"{PAGE.name} is written")


if __name__ == "__main__":
    main()
