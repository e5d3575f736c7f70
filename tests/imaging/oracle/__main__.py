"""Prints the outcome of every file of the test data, and the greatest difference of each class."""

from __future__ import annotations

import argparse
import asyncio
import sys
import warnings

from readingroom.imaging.decode_pool import DecodePool
from tests.imaging import oracle
from tests.imaging.oracle import judges
from tests.imaging.oracle.rows import ALLOWED, Row, single_rows, volume_rows


async def _print(only: str) -> list[Row]:
    """Print a line per single picture and per volume; all rows behind them."""
    every: list[Row] = []
    async with DecodePool() as pool:
        for path in judges.singles():
            if only in path.name:
                rows = await single_rows(pool, path)
                print(*rows, sep="\n", flush=True)
                every += rows
        for folder in judges.volumes():
            if only in folder.name:
                rows = await volume_rows(pool, folder, None)
                worst = max(rows, key=lambda row: (not row.good, row.difference or 0))
                print(f"{worst}; worst of {len(rows)} slices", flush=True)
                every += rows
    return every


def summary(rows: list[Row]) -> str:
    """Files compared, the greatest difference of each class, and what was not compared, with the reason."""
    files = {row.of for row in rows}
    compared = {row.of for row in rows if row.difference is not None}
    lines = [f"\n{len(compared)} of {len(files)} files and folders compared, by class:"]
    for kind, allowed in ALLOWED.items():
        found = [row.difference for row in rows if row.kind == kind and row.difference is not None]
        lines.append(
            f"  {kind:14} {len(found):4} pictures, greatest difference {max(found, default=0)} "
            f"of {allowed} allowed, {sum(level > allowed for level in found)} wrong"
        )
    lines.append(f"{len(files - compared)} not compared:")
    lines += [
        f"  {name}: {next(row.outcome for row in rows if row.of == name)}"
        for name in sorted(files - compared)
    ]
    return "\n".join(lines)


def main() -> int:
    arguments = argparse.ArgumentParser(description=(oracle.__doc__ or "").splitlines()[0])
    arguments.add_argument("only", nargs="?", default="", help="part of a file's name")
    only = arguments.parse_args().only
    reason = judges.missing()
    if reason:
        print(f"Nothing was compared: {reason}.")
        return 2
    warnings.simplefilter("ignore")
    rows = asyncio.run(_print(only))
    print(summary(rows))
    return 0 if all(row.good for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
