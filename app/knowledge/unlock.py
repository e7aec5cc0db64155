"""PDFs under a password are stored without it. Called where files are uploaded with a password, before they are added.

The password goes to the parsing child once (ingestion/extract/pdf_unlock.py); it is in no row, log or argument.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.errors import BadInput
from app.knowledge.files import file_name
from app.knowledge.model import NewFile
from ingestion.ports import Unlocker

_MAGIC = b"%PDF-"


@dataclass(frozen=True, slots=True)
class OpenFile:
    name: str
    content: bytes


async def unlock_files(unlocker: Unlocker, files: Sequence[NewFile], password: str) -> list[NewFile]:
    """The files as they are to be stored. Raises BadInput when the password opens one of them not.

    Files that need no password, and those that are no PDF, stay as they are.
    """
    if not password:
        return list(files)
    opened: list[NewFile] = []
    for file in files:
        if not file.content.startswith(_MAGIC):
            opened.append(file)
            continue
        state, content = await unlocker.unlock(file.content, password)
        if state == "wrong":
            raise BadInput(
                f"The password does not open {file_name(file.name)}. Check it, or save the file without a password.",
                code="wrong_password",
            )
        # A broken one is taken as it is: its reading says what is wrong with it.
        opened.append(OpenFile(file.name, content) if state == "opened" else file)
    return opened
