"""Compose every experiment and every data set into resolved/, checked."""

from pathlib import Path

from groklab.app import run


def main() -> None:
    """Write resolved/<experiment>.yaml and resolved/data/<name>.yaml."""
    from groklab.config.resolution import resolve_all

    print(f"resolved {resolve_all(Path('conf'), Path('resolved'))} configs into resolved/")


if __name__ == "__main__":
    run(main)
