"""A scripted `tesseract`: the real one's protocol (arguments, picture in, TSV out, exit codes) and chosen faults."""

from __future__ import annotations

import sys
from pathlib import Path

_SCRIPT = """#!{python} -I
import sys, time

if "--version" in sys.argv:
    print("tesseract 5.3.0\\n leptonica-1.82.0")
elif "--list-langs" in sys.argv:
    print('List of available languages in "/usr/share/tessdata/" (3):\\ndeu\\neng\\nosd')
else:
    assert sys.argv[1:3] == ["stdin", "stdout"] and sys.argv[-1] == "tsv", sys.argv
    assert sys.argv[sys.argv.index("-l") + 1] == "deu+eng", sys.argv
    picture = sys.stdin.buffer.read()
    assert picture.startswith(b"P5\\n"), picture[:20]
    {before}
    print("level\\tpage_num\\tblock_num\\tpar_num\\tline_num\\tword_num\\tleft\\ttop\\twidth\\theight\\tconf\\ttext")
    for row in {rows!r}:
        print(*row, sep="\\t")
"""


def install(folder: Path, *lines: str, before: str = "") -> Path:
    """A program in `folder` that reads these lines on any page. `before`: Python that runs first."""
    rows: list[tuple[object, ...]] = []
    for number, line in enumerate(lines, 1):
        rows.append((4, 1, 1, 1, number, 0, 100, 100 * number, 900, 40, -1, ""))
        left = 100
        for place, word in enumerate(line.split(), 1):
            rows.append((5, 1, 1, 1, number, place, left, 100 * number, 22 * len(word), 40, 96.5, word))
            left += 22 * len(word) + 15
    program = folder / "tesseract"
    program.write_text(_SCRIPT.format(python=sys.executable, rows=rows, before=before or "pass"))
    program.chmod(0o755)
    return program
