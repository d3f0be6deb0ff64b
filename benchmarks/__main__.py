"""python -m benchmarks [NAME ...]: measure here; without names, everything."""

import argparse
import importlib

NAMES = ("step_cost", "stacking", "growth", "equality", "fallback", "startup", "search", "accuracy")


def main() -> None:
    """Run the benchmarks that were asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"any of {', '.join(NAMES)} (default: all)")
    names = parser.parse_args().names or NAMES
    if unknown := sorted(set(names) - set(NAMES)):
        parser.error(f"there is no benchmark {unknown[0]}; choose any of {', '.join(NAMES)}")
    for name in names:
        module = importlib.import_module(f"benchmarks.{name}")
        print(f"\n## {name}: {module.__doc__.splitlines()[0]}\n")
        module.main()


if __name__ == "__main__":
    main()
