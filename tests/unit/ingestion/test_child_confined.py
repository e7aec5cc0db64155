"""A child that a document has taken over: no network, no programs, no files, no other process."""

from __future__ import annotations

import json

import pytest

from ingestion.extract import child as child_module
from ingestion.extract.child import ChildExtractor

# Runs in the child, in place of the reader: tries each thing and says what came of it.
PROBE = """
import ctypes, json, os, signal, socket, subprocess, threading
from ingestion.extract import child_main
from ingestion.model import Block, BlockKind, ExtractedDocument

def tried(action):
    try:
        return "done" if action() is not False else "failed"
    except Exception as error:
        return type(error).__name__

def own_thread():
    seen = []
    thread = threading.Thread(target=lambda: seen.append(1))
    thread.start()
    thread.join()
    return bool(seen)

def probe(body, url, media_type, charset):
    libc = ctypes.CDLL(None, use_errno=True)
    parent = os.getppid()
    outcome = {
        "socket": tried(socket.socket),
        "socketpair": tried(socket.socketpair),
        "unix socket": tried(lambda: socket.socket(socket.AF_UNIX)),
        "run a program": tried(lambda: subprocess.run(["/bin/true"])),
        "become a program": tried(lambda: os.execv("/bin/true", ["true"])),
        "fork": tried(os.fork),
        "write a file": tried(lambda: open(body.decode() + "/made.txt", "w")),
        "append to a file": tried(lambda: open(body.decode() + "/there.txt", "a")),
        "make a folder": tried(lambda: os.mkdir(body.decode() + "/folder")),
        "remove a file": tried(lambda: os.unlink(body.decode() + "/there.txt")),
        "read a file of the house": tried(lambda: open(body.decode() + "/there.txt").read()),
        "read the accounts": tried(lambda: open("/etc/passwd").read()),
        "look at the parent": tried(lambda: open(f"/proc/{parent}/environ", "rb").read()),
        "kill the parent": tried(lambda: os.kill(parent, 0)),
        "trace the parent": tried(lambda: libc.ptrace(16, parent, 0, 0) == 0),
        "memory as a file": tried(lambda: os.memfd_create("x")),
        "ring of calls": tried(lambda: libc.syscall(425, 8, ctypes.create_string_buffer(256)) >= 0),
        "import": tried(lambda: __import__("colorsys")),
        "thread": tried(own_thread),
    }
    return ExtractedDocument(title=json.dumps(outcome), blocks=(Block(BlockKind.PARAGRAPH, "x"),))

child_main.read_document = probe
child_main.main()
"""


async def test_a_child_can_do_nothing_but_read_and_answer(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path_factory.mktemp("house")
    (folder / "there.txt").write_text("a secret of the house")
    start = child_module._START.replace("from ingestion.extract.child_main import main; main()", "")
    monkeypatch.setattr(child_module, "_START", f"{start}\n{PROBE}")
    async with ChildExtractor() as extractor:
        confined = await extractor.confinement()
        found = await extractor.extract(str(folder).encode(), url="file:x", media_type="text/html")
    outcome = json.loads(found.title)
    may = {"import", "thread"}
    if confined.seccomp:
        reads = {"read a file of the house", "read the accounts", "look at the parent"}
        must_not = set(outcome) - may - (set() if confined.landlock else reads)
        assert {what for what in must_not if outcome[what] == "done"} == set()
    assert {what for what in may if outcome[what] != "done"} == set()
    assert sorted(path.name for path in folder.iterdir()) == ["there.txt"]
    assert (folder / "there.txt").read_text() == "a secret of the house"


async def test_this_machine_confines_its_children() -> None:
    """The machines that test Milo have kernels that can; one that cannot is told by `milo doctor`."""
    async with ChildExtractor() as extractor:
        confined = await extractor.confinement()
    assert confined.seccomp and confined.landlock
