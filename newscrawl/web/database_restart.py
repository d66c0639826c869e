"""Restarts the embedded MongoDB if it dies while pages are served."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from newscrawl.errors import DatabaseUnavailable

logger = logging.getLogger(__name__)

_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 60.0  # seconds between two attempts


class DatabaseRestart:
    """Call `restart_soon` each time the database does not respond. `restart` starts it unless it runs."""

    def __init__(self, restart: Callable[[], object]) -> None:
        self._restart = restart
        self._task: asyncio.Task[None] | None = None
        self._pause = _FIRST_PAUSE

    def restart_soon(self) -> None:
        """Starts a restart, unless one is under way or was tried moments ago. Returns immediately."""
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._try())

    def close(self) -> None:
        """Abandons a restart under way; a server that is starting continues on its own."""
        if self._task is not None:
            self._task.cancel()

    async def _try(self) -> None:
        try:
            await asyncio.to_thread(self._restart)
        except DatabaseUnavailable as error:
            logger.error("MongoDB is unavailable and cannot be restarted: %s", error)
            self._pause = min(2 * self._pause, _LONGEST_PAUSE)
        else:
            self._pause = _FIRST_PAUSE
        await asyncio.sleep(self._pause)
