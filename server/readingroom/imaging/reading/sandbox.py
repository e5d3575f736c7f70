"""What the kernel forbids the decode process once its codecs are loaded: writing, network, other programs.

Two belts, each a no-op where the kernel has none. Landlock (Linux ≥ 5.13) knows paths: beneath / reading is
allowed and nothing else. seccomp (x86-64 and AArch64) knows system calls. Its filter is a denylist: what
numpy, GDCM, OpenJPEG and three C libraries call to allocate, map and read differs by version and machine, so
an allowlist would turn good pictures away after an update, while the calls that reach other files, hosts and
processes are few and known. A denied call fails with EPERM instead of killing, so a codec that merely probes
goes on, and one that needs the call fails with its own error, which costs that file alone.
"""

from __future__ import annotations

import ctypes
import os
import platform
import struct
import sys
from typing import Final, Literal

from readingroom.imaging.reading.system_calls import AUDIT_ARCHITECTURES, DENIED, NUMBERS

Protection = Literal["landlock", "seccomp"]
"""landlock: no file is written, made or run. seccomp: also no network, no other process, no new thread."""

_PR_SET_NO_NEW_PRIVS: Final = 38
_O_PATH: Final = 0o10000000

# --- Landlock: linux/landlock.h ---------------------------------------------------------------------------
_LANDLOCK_CREATE, _LANDLOCK_ADD_RULE, _LANDLOCK_RESTRICT = 444, 445, 446  # the same on every machine
_VERSION_FLAG: Final = 1
_RULE_PATH_BENEATH: Final = 1
_READ: Final = 1 << 2 | 1 << 3  # READ_FILE, READ_DIR
_FILES_BY_ABI: Final = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 5: (1 << 16) - 1}
_TCP: Final = 1 << 0 | 1 << 1  # BIND_TCP, CONNECT_TCP, since ABI 4
_SCOPES: Final = 1 << 0 | 1 << 1  # abstract unix sockets and signals of others, since ABI 6

# --- seccomp: linux/seccomp.h, linux/bpf_common.h ---------------------------------------------------------
_SECCOMP_SET_FILTER: Final = 1
_FILTER_ALL_THREADS: Final = 1
_KILL, _ERRNO, _ALLOW = 0x80000000, 0x00050000, 0x7FFF0000
_EPERM, _ENOSYS = 1, 38
_LOAD, _EQUAL, _ANY_BIT, _AT_LEAST, _RETURN = 0x20, 0x15, 0x45, 0x35, 0x06
_NUMBER_AT, _ARCHITECTURE_AT, _ARGUMENTS_AT = 0, 4, 16
_X32_BIT: Final = 0x40000000
_TIOCSTI, _TIOCLINUX = 0x5412, 0x541C  # they type into the terminal the server was started from
_WRITING: Final = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


def enter() -> tuple[Protection, ...]:
    """Put this process behind whatever the kernel offers, for good; the names of what holds now."""
    if sys.platform != "linux":
        return ()
    libc = ctypes.CDLL(None, use_errno=True)
    libc.syscall.restype = ctypes.c_long
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:  # both belts ask for it
        return ()
    held: list[Protection] = []
    if _landlock(libc):
        held.append("landlock")
    if _seccomp(libc):
        held.append("seccomp")
    return tuple(held)


def _landlock(libc: ctypes.CDLL) -> bool:
    """Everything Landlock of this kernel can deny is denied; reading beneath / is allowed again."""
    abi = libc.syscall(_LANDLOCK_CREATE, None, ctypes.c_size_t(0), _VERSION_FLAG)
    if abi < 1:
        return False
    files = max(mask for since, mask in _FILES_BY_ABI.items() if since <= abi)
    attributes = struct.pack("=QQQ", files, _TCP if abi >= 4 else 0, _SCOPES if abi >= 6 else 0)
    known = 24 if abi >= 6 else 16 if abi >= 4 else 8  # an older kernel refuses fields it does not know
    ruleset = libc.syscall(_LANDLOCK_CREATE, attributes, ctypes.c_size_t(known), 0)
    if ruleset < 0:
        return False
    try:
        root = os.open("/", _O_PATH | os.O_CLOEXEC)
        try:
            rule = struct.pack("=Qi", _READ, root)
            if libc.syscall(_LANDLOCK_ADD_RULE, ruleset, _RULE_PATH_BENEATH, rule, 0) != 0:
                return False
        finally:
            os.close(root)
        return bool(libc.syscall(_LANDLOCK_RESTRICT, ruleset, 0) == 0)
    finally:
        os.close(ruleset)


class _Program(ctypes.Structure):
    """struct sock_fprog."""

    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def _seccomp(libc: ctypes.CDLL) -> bool:
    """Install the filter in every thread."""
    machine = platform.machine().lower()
    machine = {"amd64": "x86_64", "arm64": "aarch64"}.get(machine, machine)
    if machine not in AUDIT_ARCHITECTURES or sys.byteorder != "little" or sys.maxsize < 1 << 32:
        return False
    code = program(machine, os.getpid())
    filled = _Program(len(code) // 8, code)
    number = NUMBERS["seccomp"][machine]
    set_filter = ctypes.c_uint(_SECCOMP_SET_FILTER), ctypes.c_uint(_FILTER_ALL_THREADS)
    return bool(libc.syscall(number, *set_filter, ctypes.byref(filled)) == 0)


def program(machine: str, pid: int) -> bytes:
    """The filter for `machine` as BPF: struct sock_filter by struct sock_filter. Pure.

    A process may signal itself, as abort() does, and nobody else; it may set its own limits.
    """
    numbers = {name: of[machine] for name, of in NUMBERS.items() if machine in of}
    lines = [
        _line(_LOAD, _ARCHITECTURE_AT),
        _line(_EQUAL, AUDIT_ARCHITECTURES[machine], 1, 0),
        _line(_RETURN, _KILL),  # a call by another architecture's numbers would slip through
        _line(_LOAD, _NUMBER_AT),
    ]
    if machine == "x86_64":
        lines += [_line(_AT_LEAST, _X32_BIT, 0, 1), _line(_RETURN, _KILL)]
    for name, flags_at in (("openat", 2), ("open", 1)):
        if name in numbers:
            lines += _unless(numbers[name], flags_at, _line(_ANY_BIT, _WRITING, 0, 1))
    for name in ("kill", "tgkill"):
        lines += _unless(numbers[name], 0, _line(_EQUAL, pid, 1, 0))
    lines += _unless(numbers["prlimit64"], 0, _line(_EQUAL, 0, 1, 0))
    typing = _line(_EQUAL, _TIOCSTI, 1, 0), _line(_EQUAL, _TIOCLINUX, 0, 1)
    lines += _unless(numbers["ioctl"], 1, *typing)
    for name in DENIED:
        if name in numbers:
            lines += [_line(_EQUAL, numbers[name], 0, 1), _line(_RETURN, _ERRNO | _EPERM)]
    # These give their flags in memory, where no filter sees them; ENOSYS makes callers use the old call.
    for name in ("clone3", "openat2"):
        lines += [_line(_EQUAL, numbers[name], 0, 1), _line(_RETURN, _ERRNO | _ENOSYS)]
    lines.append(_line(_RETURN, _ALLOW))
    return b"".join(lines)


def _unless(number: int, argument: int, *tests: bytes) -> list[bytes]:
    """Call `number`: EPERM where `tests` of an argument's low half do not jump over the line behind them."""
    return [
        _line(_EQUAL, number, 0, 3 + len(tests)),
        _line(_LOAD, _ARGUMENTS_AT + 8 * argument),
        *tests,
        _line(_RETURN, _ERRNO | _EPERM),
        _line(_RETURN, _ALLOW),
    ]


def _line(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    """One struct sock_filter."""
    return struct.pack("=HBBI", code, if_true, if_false, value)
