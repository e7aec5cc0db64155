"""Words without case and accents, remembered: a verifier looks at the same words of a page again and again."""

from __future__ import annotations

from functools import lru_cache

from retrieval import analyse

fold = lru_cache(maxsize=65536)(analyse.fold)
