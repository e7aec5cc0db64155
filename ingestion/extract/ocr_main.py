"""Becomes the text recognition, after giving up what it does not need. Started by ocr.py, once a page.

Arguments: the program, its languages joined by +, seconds of CPU. The picture comes over standard input and
the text leaves over standard output, so that the program needs no file.
"""

from __future__ import annotations

import os
import resource
import sys

from ingestion.extract.child_main import READABLE, limit_resources
from ingestion.extract.confine import confine
from ingestion.extract.pdf_dots import DOTS_PER_INCH

OWN_MEMORY = 1024 * 1024 * 1024  # its language models alone take some 200 MB
ADDRESS_SPACE = 4 * OWN_MEMORY
_TO_READ = ("/usr", "/lib", "/lib64", "/bin", "/etc/ld.so.cache", "/opt", "/dev/null", "/proc/self", "/sys/devices")


def main() -> None:
    path, languages, seconds = sys.argv[1:4]
    limit_resources(own_memory=OWN_MEMORY, address_space=ADDRESS_SPACE)
    resource.setrlimit(resource.RLIMIT_CPU, (int(seconds), int(seconds) + 1))
    folder = os.path.dirname(os.path.realpath(path))  # noqa: PTH120 - small: this runs once a page
    confine((*READABLE, *_TO_READ, folder), may_execute=True)
    command = [path, "stdin", "stdout", "-l", languages, "--psm", "3", "--dpi", str(DOTS_PER_INCH), "tsv"]
    os.execv(path, command)  # noqa: S606 - no shell; a path that the worker found itself
