"""What a parsing child may not do any more: reach a network, start programs, write files, touch other processes.

Called once by child_main.py after its imports, and by ocr_main.py just before it becomes the text recognition.
Two filters of the Linux kernel, both for good and inherited: seccomp answers the system calls listed here
with EPERM, Landlock leaves only the folders of code and fonts readable. Where a kernel has none of them the
child goes on with its resource limits, and `milo doctor` says so. Numbers: the kernel's syscall tables,
include/uapi/linux/{seccomp,filter,landlock}.h.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct
from collections.abc import Iterable
from dataclasses import dataclass

_NO_NEW_PRIVS, _SET_SECCOMP, _FILTER_MODE = 38, 22, 2
_ALLOW, _KILL, _ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER, _ARCHITECTURE, _ARGUMENT = 0, 4, 16
_WRITING = 0o3 | 0o100 | 0o1000 | 0o2000 | 0o20000000  # write, create, truncate, append, unnamed temporary
_THREAD = 0x00010000
_X32 = 0x40000000

# Same numbers everywhere: what came after 2019.
_NEWER = {
    "pidfd_send_signal": 424, "io_uring_setup": 425, "io_uring_enter": 426, "io_uring_register": 427, "open_tree": 428,
    "move_mount": 429, "fsopen": 430, "fsconfig": 431, "fsmount": 432, "pidfd_open": 434, "pidfd_getfd": 438,
    "process_madvise": 440, "mount_setattr": 442, "fchmodat2": 452,
}  # fmt: skip
_DENIED: dict[str, dict[str, int]] = {
    "x86_64": {
        "shmget": 29, "socket": 41, "connect": 42, "accept": 43, "sendto": 44, "sendmsg": 46, "bind": 49, "listen": 50,
        "socketpair": 53, "fork": 57, "vfork": 58, "kill": 62, "semget": 64, "msgget": 68, "truncate": 76,
        "ftruncate": 77, "rename": 82, "mkdir": 83, "rmdir": 84, "creat": 85, "link": 86, "unlink": 87, "symlink": 88,
        "chmod": 90, "fchmod": 91, "chown": 92, "fchown": 93, "lchown": 94, "ptrace": 101, "rt_sigqueueinfo": 129,
        "utime": 132, "mknod": 133, "personality": 135, "pivot_root": 155, "adjtimex": 159, "chroot": 161, "acct": 163,
        "settimeofday": 164, "mount": 165, "umount2": 166, "swapon": 167, "reboot": 169, "sethostname": 170,
        "init_module": 175, "delete_module": 176, "quotactl": 179, "setxattr": 188, "lsetxattr": 189, "fsetxattr": 190,
        "tkill": 200, "clock_settime": 227, "utimes": 235, "mq_open": 240, "kexec_load": 246, "add_key": 248,
        "request_key": 249, "keyctl": 250, "mkdirat": 258, "mknodat": 259, "fchownat": 260, "futimesat": 261,
        "unlinkat": 263, "renameat": 264, "linkat": 265, "symlinkat": 266, "fchmodat": 268, "unshare": 272,
        "utimensat": 280, "accept4": 288, "rt_tgsigqueueinfo": 297, "perf_event_open": 298, "fanotify_init": 300,
        "open_by_handle_at": 304, "sendmmsg": 307, "setns": 308, "process_vm_readv": 310, "process_vm_writev": 311,
        "kcmp": 312, "finit_module": 313, "renameat2": 316, "memfd_create": 319, "kexec_file_load": 320, "bpf": 321,
        "userfaultfd": 323,
    },
    "aarch64": {
        "setxattr": 5, "lsetxattr": 6, "fsetxattr": 7, "mknodat": 33, "mkdirat": 34, "unlinkat": 35, "symlinkat": 36,
        "linkat": 37, "renameat": 38, "umount2": 39, "mount": 40, "pivot_root": 41, "truncate": 45, "ftruncate": 46,
        "chroot": 51, "fchmod": 52, "fchmodat": 53, "fchownat": 54, "fchown": 55, "quotactl": 60, "utimensat": 88,
        "acct": 89, "personality": 92, "unshare": 97, "kexec_load": 104, "init_module": 105, "delete_module": 106,
        "clock_settime": 112, "ptrace": 117, "kill": 129, "tkill": 130, "rt_sigqueueinfo": 138, "reboot": 142,
        "sethostname": 161, "settimeofday": 170, "adjtimex": 171, "mq_open": 180, "msgget": 186, "semget": 190,
        "shmget": 194, "socket": 198, "socketpair": 199, "bind": 200, "listen": 201, "accept": 202, "connect": 203,
        "sendto": 206, "sendmsg": 211, "add_key": 217, "request_key": 218, "keyctl": 219, "swapon": 224,
        "rt_tgsigqueueinfo": 240, "perf_event_open": 241, "accept4": 242, "fanotify_init": 262,
        "open_by_handle_at": 265, "setns": 268, "sendmmsg": 269, "process_vm_readv": 270, "process_vm_writev": 271,
        "kcmp": 272, "finit_module": 273, "renameat2": 276, "memfd_create": 279, "bpf": 280, "userfaultfd": 282,
        "kexec_file_load": 294,
    },
}  # fmt: skip
_EXECUTE = {"x86_64": (59, 322), "aarch64": (221, 281)}
_OPEN = {"x86_64": ((2, 1), (257, 2)), "aarch64": ((56, 2),)}  # number, which argument holds the flags
_OF_PROCESS = {"x86_64": (234, 302), "aarch64": (131, 261)}  # tgkill, prlimit64: of this process only
_CLONE = {"x86_64": 56, "aarch64": 220}
_CLONE3, _OPENAT2 = 435, 437
_AUDIT = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}

_LANDLOCK_CREATE, _LANDLOCK_ADD, _LANDLOCK_RESTRICT = 444, 445, 446
_LANDLOCK_BITS = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}  # kinds of access that each version knows
_READ_FILE, _READ_FOLDER, _RUN = 1 << 2, 1 << 3, 1 << 0


@dataclass(frozen=True, slots=True)
class Confinement:
    seccomp: bool
    landlock: int  # version of the kernel's interface; 0: none


def confine(readable: Iterable[str], *, may_execute: bool = False) -> Confinement:
    """There is no way back. `readable`: files and folders that may still be read (and run, with `may_execute`)."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return Confinement(False, 0)
    landlock = _restrict_files(libc, readable, may_execute=may_execute)
    machine = platform.machine()
    if machine not in _AUDIT:
        return Confinement(False, landlock)
    program = _program(machine, os.getpid(), may_execute=may_execute)
    buffer = ctypes.create_string_buffer(program, len(program))
    header = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(buffer))
    return Confinement(libc.prctl(_SET_SECCOMP, _FILTER_MODE, header, 0, 0) == 0, landlock)


def _program(machine: str, pid: int, *, may_execute: bool) -> bytes:
    """Classic BPF: each check jumps over the answer that follows it."""
    deny, missing = _ERRNO | errno.EPERM, _ERRNO | errno.ENOSYS
    steps = [
        _step(_LOAD, _ARCHITECTURE), _step(_EQUAL, _AUDIT[machine], 1, 0), _step(_RETURN, _KILL),
        _step(_LOAD, _NUMBER), _step(_AT_LEAST, _X32, 0, 1), _step(_RETURN, deny),
    ]  # fmt: skip
    denied = {*_DENIED[machine].values(), *_NEWER.values(), *(() if may_execute else _EXECUTE[machine])}
    for number in sorted(denied):
        steps += [_step(_EQUAL, number, 0, 1), _step(_RETURN, deny)]
    for number in (_CLONE3, _OPENAT2):  # the C library then takes the older call, whose flags can be seen
        steps += [_step(_EQUAL, number, 0, 1), _step(_RETURN, missing)]
    for number, argument in _OPEN[machine]:
        steps += _when(number, [_step(_LOAD, _ARGUMENT + 8 * argument), _step(_ANY_BIT, _WRITING, 0, 1)], deny)
    steps += _when(_CLONE[machine], [_step(_LOAD, _ARGUMENT), _step(_ANY_BIT, _THREAD, 1, 0)], deny)
    signal, limit = _OF_PROCESS[machine]
    steps += _when(signal, [_step(_LOAD, _ARGUMENT), _step(_EQUAL, pid, 1, 0)], deny)
    steps += _when(limit, [_step(_LOAD, _ARGUMENT), _step(_EQUAL, pid, 2, 0), _step(_EQUAL, 0, 1, 0)], deny)
    return b"".join([*steps, _step(_RETURN, _ALLOW)])


def _when(number: int, checks: list[bytes], answer: int) -> list[bytes]:
    """The checks and their answer for one call; then allowed, because the number is loaded no more."""
    inner = [*checks, _step(_RETURN, answer), _step(_RETURN, _ALLOW)]
    return [_step(_EQUAL, number, 0, len(inner)), *inner]


def _step(code: int, operand: int, yes: int = 0, no: int = 0) -> bytes:
    return struct.pack("HBBI", code, yes, no, operand & 0xFFFFFFFF)


def _restrict_files(libc: ctypes.CDLL, readable: Iterable[str], *, may_execute: bool) -> int:
    """The version of Landlock in force, 0 where the kernel has none."""
    version = libc.syscall(_LANDLOCK_CREATE, None, ctypes.c_size_t(0), ctypes.c_uint32(1))
    if version < 1:
        return 0
    bits = _LANDLOCK_BITS.get(version, 16)
    ruleset = libc.syscall(_LANDLOCK_CREATE, struct.pack("Q", (1 << bits) - 1), ctypes.c_size_t(8), ctypes.c_uint32(0))
    if ruleset < 0:
        return 0
    try:
        for path in readable:
            if not os.path.exists(path):  # noqa: PTH110 - Path would bring its own imports under the filter
                continue
            folder = os.path.isdir(path)  # noqa: PTH112
            access = _READ_FILE | (_READ_FOLDER if folder else 0) | (_RUN if may_execute else 0)
            place = os.open(path, os.O_PATH | os.O_CLOEXEC)
            rule = struct.pack("=Qi", access, place)
            libc.syscall(_LANDLOCK_ADD, ruleset, 1, rule, ctypes.c_uint32(0))
            os.close(place)
        restricted = libc.syscall(_LANDLOCK_RESTRICT, ruleset, ctypes.c_uint32(0))
    finally:
        os.close(ruleset)
    return version if restricted == 0 else 0
