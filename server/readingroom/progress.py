"""Progress on a terminal: one line that grows, or a line at each tenth where nobody watches."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import Final, Self, TextIO

WIDTH: Final = 30


class Bar:
    """`with Bar("Reading files") as bar: bar(3, 10)`."""

    def __init__(self, title: str, out: TextIO | None = None) -> None:
        self._title = title
        self._out = out or sys.stderr
        self._live = self._out.isatty()
        self._shown = -1
        self._total = 0

    def __call__(self, done: int, total: int) -> None:
        self._total = total
        tenth = 10 * done // max(total, 1)
        if self._live:
            filled = WIDTH * done // max(total, 1)
            self._out.write(f"\r{self._title:<28} [{'#' * filled:<{WIDTH}}] {done}/{total} ")
            self._out.flush()
        elif tenth > self._shown and total > 0:
            self._out.write(f"{self._title}: {done} of {total}\n")
            self._out.flush()
        self._shown = max(self._shown, tenth)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live and self._shown >= 0:
            self._out.write("\n")
            self._out.flush()
