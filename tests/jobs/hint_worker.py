"""A worker whose jobs are scripts: `python -m tests.jobs.hint_worker BROKER FOLDER`."""

import logging
import sys
from pathlib import Path

from newscrawl.jobs.broker import quiet
from newscrawl.jobs.run import RunOptions
from newscrawl.jobs.worker import work
from tests.jobs.conftest import script_command

if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(message)s")
    logging.getLogger("newscrawl").setLevel(logging.INFO)
    quiet()
    sys.exit(work(sys.argv[1], RunOptions(Path(sys.argv[2]), command=script_command, grace=5), 2))
