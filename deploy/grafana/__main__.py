"""`python -m deploy.grafana` writes `dashboards/*.json` and the runbooks beside them, which is what Grafana reads."""

from __future__ import annotations

from deploy.grafana import files


def main() -> None:
    wanted = files.committed()
    for stale in set(files.FOLDER.glob("*.json")) - wanted.keys():
        stale.unlink()
    for path, text in (wanted | files.the_runbooks()).items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
        print(path)


if __name__ == "__main__":
    main()
