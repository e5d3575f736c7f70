"""What one file may take of the decode process: address space above what is mapped now, and CPU seconds."""

from __future__ import annotations

import resource
from pathlib import Path

MEMORY_BASE = 768 << 20
MEMORY_LIMIT = 3 << 30
"""A file may take MEMORY_BASE + 3 × the bytes it declares, at most MEMORY_LIMIT, above the idle process."""


class Limits:
    """While this is entered, a file that declares so many bytes and takes `cpu_seconds` goes no further."""

    def __init__(self, declared_bytes: int, cpu_seconds: int) -> None:
        self._memory_bytes = min(MEMORY_LIMIT, MEMORY_BASE + 3 * declared_bytes)
        self._cpu_seconds = cpu_seconds

    def __enter__(self) -> None:
        usage = resource.getrusage(resource.RUSAGE_SELF)
        used = int(usage.ru_utime + usage.ru_stime) + 1
        _set_soft(resource.RLIMIT_CPU, used + self._cpu_seconds)
        mapped = _mapped_bytes()
        if mapped:
            _set_soft(resource.RLIMIT_AS, mapped + self._memory_bytes)

    def __exit__(self, *_: object) -> None:
        for limit in (resource.RLIMIT_AS, resource.RLIMIT_CPU):
            _set_soft(limit, resource.getrlimit(limit)[1])


def forbid_files() -> None:
    """No core dump, and not one byte into any file, for good."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def cap_memory() -> None:
    """No later file may lift the address space above what the largest is allowed."""
    if mapped := _mapped_bytes():
        resource.setrlimit(resource.RLIMIT_AS, (mapped + MEMORY_LIMIT, mapped + MEMORY_LIMIT))


def _set_soft(limit: int, value: int) -> None:
    hard = resource.getrlimit(limit)[1]
    resource.setrlimit(limit, (value if hard == resource.RLIM_INFINITY else min(value, hard), hard))


def _mapped_bytes() -> int:
    try:
        with Path("/proc/self/statm").open() as statm:
            return int(statm.read().split()[0]) * resource.getpagesize()
    except OSError:  # not Linux: RLIMIT_AS is not to be trusted there either
        return 0
