"""Keeps a scheduler true to a machine's clock: it stands still while the machine sleeps, and may be put back.

APScheduler waits a number of seconds for what is due next, and those of a suspended machine do not count:
after a night's sleep a job would come a night too late.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

LOOK = 10.0  #: seconds between two looks at the clock
PUT_BACK = timedelta(minutes=1)  #: by less, a clock is only set right

_log = logging.getLogger(__name__)


async def keep_time(clock: Any, replan: Callable[[datetime], None]) -> None:
    """Has the APScheduler `clock` look every LOOK seconds at what is due; runs until cancelled.

    `replan` is called with the moment where the machine's clock was put back: what is planned lies as far
    ahead as it was put back, and more.
    """
    before = datetime.now(UTC)
    while True:
        await asyncio.sleep(LOOK)
        now = datetime.now(UTC)
        if now < before - PUT_BACK:
            _log.warning("the clock was put back to %s UTC; the jobs are planned anew", f"{now:%F %T}")
            replan(now)
        before = now
        clock.wakeup()
