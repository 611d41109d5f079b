"""`python -m deploy.grafana` writes `dashboards/*.json`, which is what Grafana reads."""

from __future__ import annotations

from deploy.grafana import files


def main() -> None:
    wanted = files.committed()
    for stale in set(files.FOLDER.glob("*.json")) - wanted.keys():
        stale.unlink()
    for path, text in wanted.items():
        path.write_text(text, "utf-8")
        print(path)


if __name__ == "__main__":
    main()
