"""Stands in for the web process (`child.py web`) and the worker (`child.py worker`): quick to start and to kill."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer


class Ready(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = json.dumps({"status": "ok", "worker_seen_at": datetime.now(UTC).isoformat()}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing on the tests' output."""


def main() -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    if "broken" in sys.argv:
        sys.exit(1)
    if sys.argv[1] == "web":
        HTTPServer(("127.0.0.1", int(os.environ["MILO_PORT"])), Ready).serve_forever()
    threading.Event().wait()


main()
