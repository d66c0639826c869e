"""Keeper: has the embedded MongoDB started again where it died under the pages."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from newscrawl.errors import DatabaseUnavailable

logger = logging.getLogger(__name__)

_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 60.0  # seconds from one try to the next


class DatabaseRestart:
    """Told each time that the database does not answer; `mend` starts it, or does nothing where it runs."""

    def __init__(self, mend: Callable[[], object]) -> None:
        self._mend = mend
        self._task: asyncio.Task[None] | None = None
        self._pause = _FIRST_PAUSE

    def away(self) -> None:
        """Begins to mend, unless that is under way or was tried a moment ago. Returns at once."""
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._try())

    def close(self) -> None:
        """Lets go of what is under way; a start that has begun goes on by itself."""
        if self._task is not None:
            self._task.cancel()

    async def _try(self) -> None:
        try:
            await asyncio.to_thread(self._mend)
        except DatabaseUnavailable as error:
            logger.error("MongoDB is away and does not come up again: %s", error)
            self._pause = min(2 * self._pause, _LONGEST_PAUSE)
        else:
            self._pause = _FIRST_PAUSE
        await asyncio.sleep(self._pause)
