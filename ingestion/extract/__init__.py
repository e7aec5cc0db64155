"""Bytes of one page or file in, an `ExtractedDocument` out. Pure: no network, no database."""
