"""E. The network."""

from __future__ import annotations

from http import HTTPStatus

from deploy.local.topology import CALLS
from tests.faults.harness.experiment import experiment
from tests.faults.harness.health import LIVE
from tests.faults.harness.proxy import CLEAR, Weather
from tests.faults.harness.stack import Plan
from tests.faults.harness.world import World

FOUND_S = 20.0
"""Keepalive finds a dead peer within this time."""
NOISE_S = 3.0
"""For the reconnection, on a machine that does other work too."""
WHOLE_S = 60.0
BEHIND = CALLS["gateway"]
ALL_LINKS = Plan(proxied=frozenset(("gateway", service) for service in BEHIND))


@experiment(
    "F27", "nothing passes between the gateway and any service", plan=ALL_LINKS, alert="PeerUnreachable"
)
async def links_are_blackholes(world: World) -> None:
    """Every request ends at its deadline. Keepalive notices; afterwards nothing has to be started again."""
    links = [link for service in BEHIND for link in world.stack.links("gateway", service)]
    accepted = {id(link): link.accepted for link in links}
    async with world.fault():
        for link in links:
            link.weather = Weather(blackhole=True)
        await world.at_least(FOUND_S + NOISE_S)
        for link in links:
            # A new connection was tried: the old one was given up.
            world.claim(link.accepted > accepted[id(link)], "keepalive did not find a dead peer")
        await world.at_least(WHOLE_S)
        for link in links:
            link.weather = CLEAR
    for entry in world.during():
        told = entry.status in {HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.GATEWAY_TIMEOUT}
        world.claim(told or entry.good, f"{entry.operation} was answered {entry.status} {entry.closed_by}")
    world.claim(world.health.good(LIVE, 0, world.fault_ended), "the gateway looked dead")
