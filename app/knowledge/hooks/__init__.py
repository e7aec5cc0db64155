"""The address with which an owner's own site says that something changed: made, renewed, revoked and rung.

Its token has 256 bits and is shown once; the SHA-256 is stored, and found before the business is known.
"""
