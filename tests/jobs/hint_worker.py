"""A worker whose jobs are scripts: `python -m tests.jobs.hint_worker BROKER FOLDER [stuck]`.

With `stuck` it takes no hints, as after a reconnection that went wrong, until its watch connects anew.
"""

import logging
import sys
from pathlib import Path
from typing import Any

from newscrawl.jobs.broker import quiet
from newscrawl.jobs.run import RunOptions
from newscrawl.jobs.worker import HintWorker, work
from tests.jobs.conftest import script_command


class Stuck(HintWorker):
    """A worker that stops to listen at once, and does not know that."""

    def on_consumer_ready(self, consumer: Any) -> None:
        super().on_consumer_ready(consumer)
        consumer.task_consumer.cancel()


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(message)s")
    logging.getLogger("newscrawl").setLevel(logging.INFO)
    quiet()
    kind = Stuck if sys.argv[3:] else HintWorker
    sys.exit(work(sys.argv[1], RunOptions(Path(sys.argv[2]), command=script_command, grace=5), 2, kind))
