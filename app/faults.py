"""Named points in the flows at which a fault test kills this very process. Off unless MILO_FAULT is set.

`MILO_FAULT=before_publish` dies the first time that point is passed, `before_publish:3` the third.
SIGKILL, so that no `finally` softens it.
"""

from __future__ import annotations

import os
import signal

from ingestion.ports import FaultPoint, no_fault


def fault_point(spec: str | None) -> FaultPoint:
    """The function flows call with the name of each point."""
    if not spec:
        return no_fault
    name, _, turn = spec.partition(":")
    left = int(turn or 1)

    def pass_point(passed: str) -> None:
        nonlocal left
        if passed == name:
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    return pass_point
