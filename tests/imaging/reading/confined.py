"""A process that goes behind the sandbox of the decode process and tries to get out; prints what it could do.

Arguments: a folder it may write to and a loopback port that listens, both open to it before.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from readingroom.imaging.reading import sandbox


def main() -> None:
    folder, port = Path(sys.argv[1]), int(sys.argv[2])
    there = folder / "there"
    libc = ctypes.CDLL(None, use_errno=True)

    def raw(*arguments: int) -> None:
        """A system call past every wrapper."""
        if libc.syscall(*arguments) < 0:
            raise OSError(ctypes.get_errno(), "refused")

    def connect(kind: int = socket.AF_INET) -> None:
        with socket.socket(kind, socket.SOCK_STREAM) as sock:
            sock.connect(("127.0.0.1", port))

    def fork() -> None:
        if os.fork() == 0:
            os._exit(0)
        os.wait()

    def thread() -> None:
        started = threading.Thread(target=int)
        started.start()
        started.join()

    attempts: dict[str, Callable[[], object]] = {
        "connect": connect,
        "socket pair": socket.socketpair,
        "write": lambda: there.write_text("x"),
        "append": lambda: there.open("a"),
        "create": lambda: (folder / "new").touch(),
        "truncate": lambda: os.truncate(there, 0),
        "rename": lambda: there.rename(folder / "other"),
        "remove": there.unlink,
        "folder": (folder / "below").mkdir,
        "link": lambda: (folder / "link").symlink_to(there),
        "mode": lambda: there.chmod(0o777),
        "run": lambda: subprocess.run(["/bin/true"], check=True),
        "become": lambda: os.execv("/bin/true", ["true"]),
        "fork": fork,
        "thread": thread,
        "signal the parent": lambda: os.kill(os.getppid(), 0),
        "limits of the parent": lambda: resource.prlimit(os.getppid(), resource.RLIMIT_CORE),
        "memory file": lambda: os.memfd_create("x"),
        "io_uring": lambda: raw(425, 1, 0),
        "read": there.read_text,
        "list": lambda: os.listdir(folder),
        "allocate": lambda: bytearray(64 << 20),
        "own limits": lambda: resource.setrlimit(resource.RLIMIT_CORE, (0, 0)),
        "signal itself": lambda: os.kill(os.getpid(), 0),
        "import": lambda: __import__("wave"),
    }
    signal.signal(signal.SIGSYS, signal.SIG_DFL)
    protections = sandbox.enter() if "open" not in sys.argv[3:] else ()
    could = []
    for name, attempt in attempts.items():
        if name == "become" and not protections:
            continue
        try:
            attempt()
        except (OSError, RuntimeError):
            continue
        could.append(name)
    print(json.dumps({"protections": protections, "could": could}))


if __name__ == "__main__":
    main()
