"""Files that are there whole or not at all (temporary name, fsync, rename), and for their owner alone."""

from __future__ import annotations

import os
import secrets
from io import FileIO
from pathlib import Path


def write_whole(path: Path, data: bytes) -> None:
    """Write `data` to `path` (0600); a reader or a crash sees the old file or the new one, never a part."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with create_private(temporary) as file:
            rest = memoryview(data)
            while rest:
                rest = rest[file.write(rest) :]
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    fsync_folder(path.parent)


def create_private(path: Path) -> FileIO:
    """A new file, unbuffered, that only its owner may read, whatever the umask. Raises FileExistsError."""
    return FileIO(path, "xb", opener=lambda name, flags: os.open(name, flags, 0o600))


def private_folder(path: Path) -> None:
    """Make `path` and what is missing above it for its owner alone; folders there stay as they are."""
    if path.is_dir():
        return
    private_folder(path.parent)
    path.mkdir(mode=0o700, exist_ok=True)


def fsync_folder(folder: Path) -> None:
    """Bring renames inside `folder` to the disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
