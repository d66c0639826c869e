"""kill -9 in the middle of a crawl: of MongoDB, and of the crawler."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from newscrawl.store import client
from newscrawl.store.server import embedded
from tests import warm
from tests.crawl.crawls import crawl, documents
from tests.warm import run as newscrawl

pytestmark = pytest.mark.slow

DATABASE = "newscrawl_kills"
SLOWLY = ("-s", "DOWNLOAD_DELAY=0.03", "-s", "AUTOTHROTTLE_START_DELAY=0.03")
ENOUGH = 30  # posts stored when the blow falls
PATIENCE = 60  # seconds that any of this may take


@pytest.fixture
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A home folder with a MongoDB of its own, to be killed."""
    monkeypatch.setenv("NEWSCRAWL_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("NEWSCRAWL_DATABASE", DATABASE)
    embedded.ensure()
    yield tmp_path / "home"
    monkeypatch.delenv("MONGODB_URI", raising=False)
    embedded.stop()


@pytest.fixture
def newsroom() -> Iterator[str]:
    with warm.newsroom(["--articles", "180", "--seed", "21", "--no-faults"]) as address:
        yield address


def start(newsroom: str, *words: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "newscrawl", "crawl", "eastmoney", "--newsroom", newsroom]
    return subprocess.Popen(
        [*command, *SLOWLY, "--json", *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def wait_for_posts(count: int) -> None:
    until = time.monotonic() + PATIENCE
    with client.connect("writer") as writer:
        while time.monotonic() < until:
            if writer[DATABASE]["posts"].estimated_document_count() >= count:
                return
            time.sleep(0.02)
    raise AssertionError(f"never {count} posts")


def contents(database: str) -> dict[str, tuple[str, int]]:
    return {number: (p["content_hash"], p["revision"]) for number, p in documents(database).items()}


def undisturbed(newsroom: str) -> dict[str, tuple[str, int]]:
    """The posts that a crawl gives which nobody disturbs."""
    code, _ = crawl("eastmoney", newsroom, NEWSCRAWL_DATABASE=f"{DATABASE}_calm")
    assert code == 0
    found = contents(f"{DATABASE}_calm")
    assert len(found) > 2 * ENOUGH
    return found


def kill_mongod() -> None:
    pid = embedded.status().pid
    assert pid
    os.kill(pid, signal.SIGKILL)


def test_a_killed_mongod_is_started_again_and_nothing_is_lost(own_home: Path, newsroom: str) -> None:
    calm = undisturbed(newsroom)
    process = start(newsroom)
    wait_for_posts(ENOUGH)
    kill_mongod()
    out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, out + err
    assert contents(DATABASE) == calm
    assert documents(DATABASE, "revisions") == {}


def test_without_mongodb_posts_wait_in_the_spool_until_the_next_run(
    own_home: Path, newsroom: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    calm = undisturbed(newsroom)
    # With an address given, newscrawl does not start the server again.
    monkeypatch.setenv("MONGODB_URI", embedded.ensure().uri("writer"))
    process = start(newsroom)
    wait_for_posts(ENOUGH)
    monkeypatch.delenv("MONGODB_URI")
    kill_mongod()
    out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 1, out + err
    assert "wait in the spool" in out
    assert any((own_home / "spool").iterdir())
    embedded.ensure()
    assert len(contents(DATABASE)) < len(calm)
    code, run = crawl("eastmoney", newsroom)
    assert code == 0
    assert run["counts"]["stored"] == 0, "the spool held all that was missing"
    assert contents(DATABASE) == calm
    assert documents(DATABASE, "revisions") == {}


def test_what_a_killed_crawler_lost_the_next_run_finds(own_home: Path, newsroom: str) -> None:
    calm = undisturbed(newsroom)
    process = start(newsroom)
    wait_for_posts(ENOUGH)
    process.kill()
    process.communicate(timeout=PATIENCE)
    assert len(contents(DATABASE)) < len(calm)
    code, run = crawl("eastmoney", newsroom)
    assert code == 0
    assert run["counts"]["stored"] > 0
    assert contents(DATABASE) == calm
    unfinished = [run for run in documents(DATABASE, "runs").values() if run["finished"] is None]
    assert len(unfinished) == 1


def test_a_crawl_that_is_told_to_stop_ends_in_order(own_home: Path, newsroom: str) -> None:
    process = start(newsroom)
    wait_for_posts(ENOUGH)
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 1, out + err
    assert "the run was ended early: shutdown" in out
    (run,) = documents(DATABASE, "runs").values()
    assert run["finished"] is not None
    assert not run["complete"]
    assert newscrawl("db", "down").returncode == 0
    assert not embedded.status().running


def test_a_second_signal_ends_a_crawl_at_once_and_in_one_line(own_home: Path, newsroom: str) -> None:
    process = start(newsroom)
    wait_for_posts(ENOUGH)
    os.kill(process.pid, signal.SIGSTOP)  # both wait for it
    process.send_signal(signal.SIGTERM)
    process.send_signal(signal.SIGINT)
    os.kill(process.pid, signal.SIGCONT)
    out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 1, out + err
    (line,) = err.splitlines()
    assert line.startswith("newscrawl: the crawl of eastmoney was killed by a second signal")


_BREAKS_AFTER_ONE = """
import sys
from newscrawl.cli import main
from newscrawl.store.delivery import Delivery

async def deliver(self, batch, once=Delivery.deliver):
    if any(record.kind == "post" for record in batch):
        raise MemoryError("out of order")
    await once(self, batch)

Delivery.deliver = deliver
sys.argv = ["newscrawl", *sys.argv[1:]]
main()
"""


def test_a_crawl_whose_posts_cannot_be_written_ends_and_says_why(own_home: Path, newsroom: str) -> None:
    words = [sys.executable, "-c", _BREAKS_AFTER_ONE, "crawl", "eastmoney", "--newsroom", newsroom, "--json"]
    done = subprocess.run(words, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert done.returncode == 1, done.stderr
    run = json.loads(done.stdout)
    assert run["problems"][0] == (
        "the run was ended early: nothing more can be written: MemoryError: out of order"
    )
    assert run["counts"]["pages"] == run["counts"]["failed"] > 0
    assert "Traceback" not in done.stderr
    assert done.stderr.count("Stopping the crawl of eastmoney: nothing more can be written") == 1
