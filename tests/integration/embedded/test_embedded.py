"""The embedded servers: shared, alone, killed, from another version, behind a long path."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import stat
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import psycopg
import pytest

from app.embedded import postgres, running
from app.embedded.layout import DataDir, read_runtime, write_runtime
from app.embedded.pair import clear_leftovers, find_pair, start_pair, stop_pair
from app.embedded.process import Process, by_pid_file, identity, recorded, spawn
from app.embedded.share import alone
from app.errors import ConfigurationError, Conflict
from app.settings import Settings


@pytest.fixture
def own(tmp_path: Path) -> Settings:
    """Settings for a data dir of this test alone."""
    return Settings.from_env({"MILO_DATA_DIR": str(tmp_path / "data")})


@pytest.fixture
async def sleeper(tmp_path: Path) -> AsyncIterator[Process]:
    """A process of someone else."""
    process = spawn(["sleep", "60"], environment={"PATH": os.defpath}, die_with_parent=signal.SIGKILL)
    yield process
    await process.stop([(signal.SIGKILL, 5.0)])


def alive(settings: Settings) -> list[str]:
    """Command lines of every process that names this data dir."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                line = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            except OSError:
                continue
            if str(settings.data_dir) in line:
                found.append(line)
    return found


async def role(settings: Settings) -> str:
    assert settings.database is not None
    async with await psycopg.AsyncConnection.connect(settings.database.app.reveal()) as conn:
        row = await (await conn.execute("SELECT current_user")).fetchone()
    assert row is not None
    return row[0]


async def test_a_data_dir_with_a_long_path_works_and_nothing_is_left_over(tmp_path: Path) -> None:
    folder = tmp_path / ("d" * max(1, 150 - len(str(tmp_path))))
    own = Settings.from_env({"MILO_DATA_DIR": str(folder)})
    assert len(str(folder)) >= 150
    async with running(own) as settings:
        assert await role(settings) == "milo_app"
    assert alive(own) == []
    assert not DataDir(folder).runtime.exists()


async def test_servers_listen_on_no_port_and_trust_nobody(own: Settings) -> None:
    async with running(own) as settings:
        assert settings.database is not None
        state = read_runtime(DataDir(own.data_dir))
        socket_dir = Path(state["socket_dir"])
        assert stat.S_IMODE(socket_dir.stat().st_mode) == 0o700
        inodes = {
            os.readlink(link)
            for name in ("postgres", "redis")
            for link in Path(f"/proc/{state[name]['pid']}/fd").iterdir()
            if os.readlink(link).startswith("socket:")
        }
        listening = [
            line.split()[9]
            for table in ("/proc/net/tcp", "/proc/net/tcp6")
            for line in Path(table).read_text().splitlines()[1:]
            if line.split()[3] == "0A"
        ]
        assert not {f"socket:[{inode}]" for inode in listening} & inodes
        with pytest.raises(psycopg.OperationalError, match="password"):
            await psycopg.AsyncConnection.connect(f"postgresql://milo_app:wrong@/milo?host={socket_dir}")
        for path in (DataDir(own.data_dir).secrets, DataDir(own.data_dir).runtime):
            assert stat.S_IMODE(path.stat().st_mode) == 0o600


async def test_the_superuser_is_not_among_the_settings(own: Settings) -> None:
    async with running(own) as settings:
        superuser = json.loads(DataDir(own.data_dir).secrets.read_text())["postgres"]["superuser"]
        urls = settings.database
        assert urls is not None and urls.owner is not None and urls.ops is not None
        assert all(superuser not in url.reveal() for url in (urls.app, urls.owner, urls.ops))
        assert superuser not in repr(settings)


async def test_commands_share_one_pair_and_the_last_one_stops_it(own: Settings) -> None:
    async with running(own) as first:
        postmaster = read_runtime(DataDir(own.data_dir))["postgres"]
        async with running(own) as second:
            assert second.database == first.database
            assert read_runtime(DataDir(own.data_dir))["postgres"] == postmaster
        assert await role(first) == "milo_app"
    assert alive(own) == []


async def test_commands_that_start_at_once_start_one_pair(own: Settings) -> None:
    seen: list[object] = []

    async def use() -> None:
        async with running(own) as settings:
            seen.append(settings.database)
            await role(settings)
            await asyncio.sleep(0.2)

    await asyncio.gather(*(use() for _ in range(4)))
    assert len(set(map(repr, seen))) == 1
    assert alive(own) == []


async def test_a_killed_command_leaves_its_servers_to_the_next_one(own: Settings) -> None:
    code = (
        "import asyncio, os, signal, sys\n"
        "from app.embedded import running\nfrom app.settings import Settings\n"
        "async def main():\n"
        "    async with running(Settings.from_env({'MILO_DATA_DIR': sys.argv[1]})):\n"
        "        os.kill(os.getpid(), signal.SIGKILL)\n"
        "asyncio.run(main())\n"
    )
    done = await asyncio.to_thread(
        subprocess.run, [sys.executable, "-c", code, str(own.data_dir)], cwd=Path(__file__).parents[3], timeout=60
    )
    assert done.returncode == -signal.SIGKILL
    assert alive(own) != []
    async with running(own) as settings:
        assert await role(settings) == "milo_app"
    assert alive(own) == []


async def test_killed_servers_are_started_again_with_their_data(own: Settings) -> None:
    pair = await start_pair(own, die_with_parent=True)
    for process in (pair.postgres, pair.redis):
        process.signal(signal.SIGKILL)
        assert await process.gone(10)
    again = await start_pair(own, die_with_parent=True)
    assert await role(again.resolved(own)) == "milo_app"
    assert not pair.socket_dir.exists()
    await stop_pair(again)
    assert alive(own) == []


async def test_a_recycled_pid_is_never_signalled(own: Settings, sleeper: Process) -> None:
    data = DataDir(own.data_dir)
    data.make()
    data.postgres.mkdir()
    (data.postgres / "postmaster.pid").write_text(f"{sleeper.pid}\n{data.postgres}\n")
    write_runtime(data, {name: identity(sleeper.pid) for name in ("postgres", "redis", "web", "worker")})
    await clear_leftovers(data)
    assert sleeper.alive
    # And a pid that is right while its start time is not.
    record = identity(sleeper.pid) | {"started": "another boot/1"}
    assert recorded(record, ["sleep"]) is None
    assert recorded(identity(sleeper.pid), ["sleep"]) is not None
    assert by_pid_file(data.postgres / "postmaster.pid", ["postgres"]) is None


async def test_a_newer_cluster_is_refused_and_not_touched(own: Settings) -> None:
    data = DataDir(own.data_dir)
    data.make()
    data.postgres.mkdir()
    (data.postgres / "PG_VERSION").write_text("19\n")
    before = {path: path.stat().st_mtime_ns for path in data.root.rglob("*")}
    with pytest.raises(ConfigurationError, match="newer version of Milo"):
        async with running(own):
            raise AssertionError("it started")
    assert {path: path.stat().st_mtime_ns for path in before} == before
    assert alive(own) == []


async def test_a_newer_schema_is_refused_and_servers_are_stopped(own: Settings) -> None:
    async with running(own) as settings:
        assert settings.database is not None and settings.database.owner is not None
        async with await psycopg.AsyncConnection.connect(settings.database.owner.reveal()) as conn:
            await conn.execute("INSERT INTO schema_migrations (name, sha256) VALUES ('9999_from_tomorrow', 'x')")
    with pytest.raises(ConfigurationError, match="newer Milo"):
        async with running(own):
            raise AssertionError("it started")
    assert alive(own) == []


async def test_lost_secrets_are_said_and_not_made_anew(own: Settings) -> None:
    data = DataDir(own.data_dir)
    data.make()
    data.postgres.mkdir()
    (data.postgres / "PG_VERSION").write_text(postgres.MAJOR)
    with pytest.raises(ConfigurationError, match="is missing"):
        await start_pair(own, die_with_parent=True)
    assert not data.secrets.exists()


async def test_a_start_killed_in_the_middle_is_begun_anew(own: Settings) -> None:
    data = DataDir(own.data_dir)
    data.make()
    (data.root / "pg.partial" / "base").mkdir(parents=True)
    async with running(own) as settings:
        assert await role(settings) == "milo_app"
    assert not (data.root / "pg.partial").exists()


async def test_a_command_beside_up_uses_its_servers_and_leaves_them(own: Settings) -> None:
    data = DataDir(own.data_dir)
    data.make()
    async with alone(data):
        pair = await start_pair(own, die_with_parent=True)
        write_runtime(data, pair.record() | {"up": identity(os.getpid()), "url": "http://127.0.0.1:1"})
        async with running(own) as settings:
            assert await role(settings) == "milo_app"
        assert await find_pair(data) is not None
        with pytest.raises(Conflict, match="already runs"):
            async with alone(data):
                raise AssertionError("two at once")
        await stop_pair(pair)


async def test_up_waits_for_commands_at_work(own: Settings) -> None:
    data = DataDir(own.data_dir)
    entered = asyncio.Event()

    async def up() -> None:
        async with alone(data):
            entered.set()

    async with running(own):
        waiting = asyncio.create_task(up())
        await asyncio.sleep(0.2)
        assert not entered.is_set()
    await asyncio.wait_for(waiting, 5)


async def test_a_data_dir_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    own = Settings.from_env({"MILO_DATA_DIR": str(tmp_path / "file" / "data")})
    with pytest.raises(ConfigurationError, match="cannot be used"):
        async with running(own):
            raise AssertionError("it started")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
async def test_without_user_namespaces_root_hands_the_cluster_to_another_user(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    works = postgres._works
    monkeypatch.setattr(postgres, "_works", lambda launcher, reach=None: not launcher.prefix and works(launcher, reach))
    for folder in (tmp_path, *tmp_path.parents):
        if folder.stat().st_mode & 0o777 == 0o700:  # pytest's own folders
            folder.chmod(0o711)
    own = Settings.from_env({"MILO_DATA_DIR": str(tmp_path / "data")})
    async with running(own) as settings:
        assert await role(settings) == "milo_app"
        assert (own.data_dir / "pg").stat().st_uid != 0
    monkeypatch.undo()
    async with running(own) as settings:  # and back, where namespaces are allowed
        assert await role(settings) == "milo_app"
        assert (own.data_dir / "pg").stat().st_uid == 0


async def test_root_without_any_way_is_told_so(own: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(postgres, "_works", lambda launcher, reach=None: False)
    with pytest.raises(ConfigurationError, match="refuses to run as root"):
        await start_pair(own, die_with_parent=True)
    assert alive(own) == []
