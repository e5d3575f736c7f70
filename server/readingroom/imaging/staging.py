"""The folder in which an import comes about, on the library's own disk, and the locks of importing."""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path

from readingroom.imaging.safe_write import private_folder

INCOMING = ".incoming"
"""Inside the studies folder: imports under way. A crash leaves one; the next import removes it."""


@contextlib.contextmanager
def staging(root: Path) -> Iterator[Path]:
    """A folder for one import on the library's own disk, gone afterwards; crashed ones are removed too."""
    imports = root / INCOMING
    private_folder(imports)
    for left in imports.iterdir():
        with contextlib.suppress(OSError), exclusive(left / "lock", wait=False):
            shutil.rmtree(left, ignore_errors=True)
    folder = imports / secrets.token_hex(8)
    folder.mkdir(mode=0o700)
    with held(folder):
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def held(folder: Path) -> Iterator[None]:
    """Nobody removes this folder of an import meanwhile; several may hold it at a time."""
    descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        yield
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def exclusive(path: Path, *, wait: bool = True) -> Iterator[None]:
    """The advisory lock on `path`; raises BlockingIOError when it is held and `wait` is false."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        yield
    finally:
        os.close(descriptor)
