"""System call numbers of the two machines the decode process is filtered on, and which it may never make.

Sources: Linux arch/x86/entry/syscalls/syscall_64.tbl, scripts/syscall.tbl (AArch64). A table.
"""

from __future__ import annotations

from typing import Final

AUDIT_ARCHITECTURES: Final = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
"""What the kernel calls each machine in a filter. Source: linux/audit.h."""

_TABLE: Final = """
open 2 -, openat 257 56, openat2 437 437, kill 62 129, tgkill 234 131, prlimit64 302 261, clone3 435 435,
seccomp 317 277, ioctl 16 29,
socket 41 198, socketpair 53 199, connect 42 203, bind 49 200, listen 50 201, accept 43 202,
accept4 288 242, sendmsg 46 211, sendmmsg 307 269, recvmsg 47 212, recvmmsg 299 243,
execve 59 221, execveat 322 281, fork 57 -, vfork 58 -, clone 56 220, unshare 272 97, setns 308 268,
ptrace 101 117, process_vm_readv 310 270, process_vm_writev 311 271, process_madvise 440 440, kcmp 312 272,
tkill 200 130, rt_sigqueueinfo 129 138, rt_tgsigqueueinfo 297 240, pidfd_open 434 434, pidfd_getfd 438 438,
pidfd_send_signal 424 424,
creat 85 -, truncate 76 45, rename 82 -, renameat 264 38, renameat2 316 276, link 86 -, linkat 265 37,
symlink 88 -, symlinkat 266 36, unlink 87 -, unlinkat 263 35, mkdir 83 -, mkdirat 258 34, rmdir 84 -,
mknod 133 -, mknodat 259 33, chmod 90 -, fchmod 91 52, fchmodat 268 53, fchmodat2 452 452, chown 92 -,
fchown 93 55, lchown 94 -, fchownat 260 54, setxattr 188 5, lsetxattr 189 6, fsetxattr 190 7,
setxattrat 463 463, removexattr 197 14, lremovexattr 198 15, fremovexattr 199 16, removexattrat 466 466,
utime 132 -, utimes 235 -, futimesat 261 -, utimensat 280 88, fallocate 285 47, open_by_handle_at 304 265,
name_to_handle_at 303 264,
mount 165 40, umount2 166 39, mount_setattr 442 442, move_mount 429 429, open_tree 428 428, fsopen 430 430,
fsconfig 431 431, fsmount 432 432, fspick 433 433, pivot_root 155 41, chroot 161 51,
memfd_create 319 279, shmget 29 194, shmat 30 196, msgget 68 186, semget 64 190, mq_open 240 180,
bpf 321 280, perf_event_open 298 241, userfaultfd 323 282, io_uring_setup 425 425, io_uring_enter 426 426,
io_uring_register 427 427, io_setup 206 0, add_key 248 217, request_key 249 218, keyctl 250 219,
init_module 175 105, finit_module 313 273, delete_module 176 106, kexec_load 246 104,
kexec_file_load 320 294, reboot 169 142, swapon 167 224, swapoff 168 225, acct 163 89, quotactl 179 60,
quotactl_fd 443 443, syslog 103 116, sethostname 170 161, setdomainname 171 162, settimeofday 164 170,
clock_settime 227 112, adjtimex 159 171, clock_adjtime 305 266, personality 135 92, modify_ldt 154 -,
iopl 172 -, ioperm 173 -, uselib 134 -, vhangup 153 58, vmsplice 278 75, fanotify_init 300 262,
inotify_init 253 -, inotify_init1 294 26, lookup_dcookie 212 18,
"""
"""Name, number on x86-64, number on AArch64."""


def _numbers() -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for row in _TABLE.replace("\n", " ").strip(" ,").split(","):
        name, *numbers = row.split()
        pairs = zip(("x86_64", "aarch64"), numbers, strict=True)
        found[name] = {machine: int(number) for machine, number in pairs if number != "-"}
    return found


NUMBERS: Final = _numbers()
"""Of each call, its number on each machine that has it."""

_JUDGED: Final = frozenset(
    ("open", "openat", "openat2", "kill", "tgkill", "prlimit64", "clone3", "seccomp", "ioctl")
)
"""Calls that are needed, or asked of the filter by their arguments."""

DENIED: Final = tuple(name for name in NUMBERS if name not in _JUDGED)
"""Calls that reach the network, touch other processes, change files, or widen the kernel's surface."""
