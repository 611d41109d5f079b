"""The restore drill: its manifests fit the cluster that it restores, and its script leaves nothing behind."""

from __future__ import annotations

from pathlib import Path

from deploy.k8s.render import render
from tests.policy.network import End, allowed
from tests.policy.objects import named, of_kind
from tests.policy.stand_in import run

MOMENT = "2031-05-04T12:00:00Z"
ANSWERS = {
    "*max*": "2031-05-04 11:59:58+00",
    '*"get pod"*': "atelier-postgres-2",
    '*"WHERE id"*': "1",
    "*count*": "7 accounts, 9 avatars made by then",
}


def test_it_can_read_what_the_cluster_wrote() -> None:
    drill = named(render("restore-drill"), "Cluster", "atelier-restore-drill")["spec"]
    every = render("overlays/prod-gpu")
    cluster = named(every, "Cluster", "atelier-postgres")["spec"]
    assert drill["imageName"] == cluster["imageName"]
    # PostgreSQL does not recover with less than the primary had.
    assert (
        drill["postgresql"]["parameters"]["max_connections"]
        == cluster["postgresql"]["parameters"]["max_connections"]
    )
    (source,) = drill["externalClusters"]
    assert source["plugin"]["parameters"] == {
        "barmanObjectName": named(every, "ObjectStore", "atelier-backups")["metadata"]["name"],
        "serverName": named(every, "Cluster", "atelier-postgres")["metadata"]["name"],
    }
    assert drill["bootstrap"]["recovery"]["source"] == source["name"]


def test_it_writes_into_no_backup_and_no_service_finds_it() -> None:
    drill = render("restore-drill")
    assert "plugins" not in named(drill, "Cluster", "atelier-restore-drill")["spec"]
    policies = [*of_kind(render("overlays/prod-gpu"), "NetworkPolicy"), *of_kind(drill, "NetworkPolicy")]
    restored = End("restored", labels={"cnpg.io/cluster": "atelier-restore-drill"})
    operator = End("operator", "cnpg-system", namespace_labels={"kubernetes.io/metadata.name": "cnpg-system"})
    generator = End(
        "generator",
        labels={"app.kubernetes.io/name": "atelier-generator", "app.kubernetes.io/component": "service"},
    )
    assert allowed(policies, operator, restored, 8000)
    assert allowed(policies, restored, End("store", address="52.219.170.1"), 443)
    assert not allowed(policies, generator, restored, 5432)
    assert not allowed(policies, restored, generator, 50051)


def test_the_script_restores_compares_and_removes(tmp_path: Path) -> None:
    ran = run(tmp_path, "restore-drill.sh", MOMENT, "an-avatar", answers=ANSWERS)
    assert ran.code == 0, ran.output
    assert f'targetTime: "{MOMENT}"' in ran.applied
    order = [
        ran.place("pg_switch_wal"),
        ran.place("apply"),
        ran.place("wait", "atelier-restore-drill"),
        ran.place("delete"),
    ]
    assert order == sorted(order)
    assert "restored: 7 accounts, 9 avatars made by then" in ran.output
    assert "The avatar an-avatar is there." in ran.output


def test_a_lost_avatar_fails_the_drill(tmp_path: Path) -> None:
    lost = {
        '*"WHERE id"*': "0",
        **{pattern: text for pattern, text in ANSWERS.items() if "WHERE id" not in pattern},
    }
    ran = run(tmp_path, "restore-drill.sh", MOMENT, "an-avatar", answers=lost)
    assert ran.code == 1
    assert "is not in the restored database" in ran.output


def test_a_drill_that_fails_is_removed_too(tmp_path: Path) -> None:
    ran = run(tmp_path, "restore-drill.sh", MOMENT, failing='*"wait cluster"*', answers=ANSWERS)
    assert ran.code != 0
    assert "delete" in ran.commands[-1]
