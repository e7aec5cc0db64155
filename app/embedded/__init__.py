"""The embedded PostgreSQL and Redis: settings without addresses in, settings with addresses out.

`running(settings)` is for every command: beside a `milo up` on the same data dir it uses that one's
servers; without it the first command starts them, others share them, the last one stops them.
`milo up` itself uses `pair.start_pair` and holds the data dir alone. Settings that name a database
pass through untouched.
"""

from __future__ import annotations

from app.embedded.share import running

__all__ = ["running"]
