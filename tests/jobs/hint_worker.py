"""A worker whose jobs are scripts: `python -m tests.jobs.hint_worker BROKER FOLDER`.

It looks by itself but once in ten minutes: what it runs soon, it was told of.
"""

import asyncio
import logging
import sys
from pathlib import Path

from newscrawl.jobs import scheduler as scheduler_module
from newscrawl.jobs import shared_jobs
from newscrawl.jobs.broker import quiet
from newscrawl.jobs.hint_listener import HintListener
from newscrawl.jobs.run import RunOptions
from newscrawl.jobs.scheduler import Scheduler
from newscrawl.jobs.shared_jobs import SharedJobs
from newscrawl.locks import SchedulerLock
from tests.jobs.conftest import script_command

if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(message)s")
    logging.getLogger("newscrawl").setLevel(logging.INFO)
    quiet()
    shared_jobs.SELDOM = scheduler_module.CLOCK_INTERVAL = 600.0
    scheduler = Scheduler(
        SharedJobs(role="worker", life=3600.0),
        RunOptions(Path(sys.argv[2]), command=script_command, grace=5),
        max_parallel=2,
        beside=[HintListener(sys.argv[1])],
        lock=SchedulerLock.WORKER,
    )
    asyncio.run(scheduler.run())
