"""LinkUp under load, beside other chats: bench.py [--only NAME] [--repeat N] [--json FILE].

What is compared runs in turns. Figures are the median, least and most of one run, and a ratio is of one round. The
clients are Python, too, and share the machine's cores with the servers, so only ratios tell of another machine.
Needs PostgreSQL and Redis in LINKUP_DATABASE_URL and LINKUP_CHANNEL_LAYER_URL; else it does what SQLite can do.
"""

import argparse
import asyncio
import os
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "notebooks")]

from figures import HEAD, Figure, write  # noqa: E402
from scenarios import ON_SERVICES, ON_SQLITE_TOO, Bench, allow_many_connections  # noqa: E402

SERVICES = {"postgresql": "LINKUP_DATABASE_URL", "redis": "LINKUP_CHANNEL_LAYER_URL"}


def options() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="LinkUp under load, beside other chats.")
    parser.add_argument("--only", choices=[*ON_SERVICES, *ON_SQLITE_TOO], help="one scenario")
    parser.add_argument("--repeat", type=int, default=3, metavar="N", help="rounds of each scenario (3)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="where the figures are stored as well")
    return parser.parse_args()


async def run(only: str | None, rounds: int) -> list[Figure]:
    """Run the scenarios, print each figure, and return them all."""
    services = {name: os.environ.get(variable, "") for name, variable in SERVICES.items()}
    if not all(services.values()):
        print(f"Without {' and '.join(SERVICES.values())}, no {', '.join(ON_SERVICES)}, and SQLite alone.")
        services = {}
    figures = []
    print(HEAD)
    for name, scenario in ((ON_SERVICES if services else {}) | ON_SQLITE_TOO).items():
        if only in (None, name):
            with tempfile.TemporaryDirectory() as folder:
                found = await scenario(Bench(Path(folder), rounds, services))
            print(*found, sep="\n", flush=True)
            figures += found
    return figures


def main() -> None:
    """Measure, and say how many targets were missed."""
    chosen = options()
    allow_many_connections()
    figures = asyncio.run(run(chosen.only, chosen.repeat))
    if chosen.json:
        write(figures, chosen.json)
    missed = [figure.name for figure in figures if figure.is_met is False]
    print(f"{len(missed)} of {sum(figure.is_met is not None for figure in figures)} targets missed")


if __name__ == "__main__":
    main()
