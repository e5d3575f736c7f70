"""`python -m tests.imaging.geometry`: the geometry of every test volume beside the independent one."""

from __future__ import annotations

import asyncio
import sys

from readingroom.imaging.decode_pool import DecodePool
from tests.imaging.dicoms import DATA, NO_DATA
from tests.imaging.geometry.comparison import rows


async def main() -> int:
    if not (DATA / "expected.json").is_file():
        print(f"skipped: {NO_DATA}")
        return 0
    async with DecodePool() as pool:
        found = await rows(DATA, pool)
    print(f"{'volume':30} {'fact':12} {'expected':44} {'found':44}")
    for row in found:
        print(row)
    wrong = sum(not row.good for row in found)
    print(f"\n{len(found)} facts of {len({row.volume for row in found})} volumes, {wrong} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
