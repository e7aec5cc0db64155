"""PDFium's C functions, as pypdfium2 binds them. The one door to the library; everything else here goes through it.

`Any`, because the bindings are made from C headers and carry no types that a checker could use.
"""

from __future__ import annotations

from typing import Any

import pypdfium2.raw as raw

pdfium: Any = raw
