"""Reads submitted forms: text fields trimmed and bounded, uploads as they are."""

from __future__ import annotations

from dataclasses import dataclass

from litestar.datastructures import FormMultiDict, UploadFile

from app.errors import BadInput

LONGEST = 2000


def field(form: FormMultiDict, name: str, *, longest: int = LONGEST) -> str:
    """Empty when missing. Raises BadInput for what no person types."""
    value = form.get(name, "")
    if not isinstance(value, str):
        raise BadInput(f"The field {name!r} takes text.")
    text = value.strip()
    if len(text) > longest or "\x00" in text:
        raise BadInput(f"The field {name!r} takes at most {longest} characters.")
    return text


def optional(form: FormMultiDict, name: str, *, longest: int = LONGEST) -> str | None:
    return field(form, name, longest=longest) or None


def ticked(form: FormMultiDict, name: str) -> list[str]:
    return [value for value in form.getall(name, []) if isinstance(value, str)]


@dataclass(frozen=True, slots=True)
class Upload:
    name: str
    media_type: str
    content: bytes


async def uploads(form: FormMultiDict, name: str) -> list[Upload]:
    """The chosen files; an empty choice is no file."""
    found: list[Upload] = []
    for item in form.getall(name, []):
        if isinstance(item, UploadFile) and item.filename:
            found.append(Upload(item.filename, item.content_type, await item.read()))
    return found
