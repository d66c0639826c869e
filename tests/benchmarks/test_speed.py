import subprocess
import sys
import time
from typing import Any

import pytest

from benchmarks import speed
from benchmarks.contestants import CONTESTANTS, Contestant

pytestmark = pytest.mark.slow


def run(rate: Any, rss: Any = 100.0) -> Any:
    return speed.Measured(2000 / rate, rate, 1000 / rate, rss, [rss, rss, rss, rss + 1])


@pytest.fixture
def medians() -> Any:
    rates = {"newscrawl": 300, "afternoon": 60, "empty_ours": 600, "empty_default": 400}
    return speed.summary({name: [run(rate * noise) for noise in (0.5, 1, 3)] for name, rate in rates.items()})


def test_figures_are_medians_and_ratios(medians: Any) -> None:
    assert medians["newscrawl"]["articles_per_second"] == 300
    assert medians["afternoon"]["newscrawl_is_times"] == 5
    assert medians["empty_ours"]["newscrawl_is_times"] == 0.5


def test_the_table_has_a_row_for_each(medians: Any) -> None:
    table = speed.table(medians)
    assert "| newscrawl, stored | 300 | 1.00 × | 3.3 | 100 | 100 / 100 / 100 / 101 |" in table
    assert len(table.splitlines()) == 2 + len(CONTESTANTS)


def test_the_verdict_tells_what_was_missed(medians: Any) -> None:
    assert "missed" not in speed.verdict(medians)
    medians["newscrawl"]["peak_rss"] = 200.0
    medians["afternoon"]["newscrawl_is_times"] = 3.9
    assert speed.verdict(medians).count("missed") == 2


def test_a_contestant_that_fails_is_no_figure() -> None:
    broken = Contestant("broken", "broken", lambda _: [sys.executable, "-c", "raise SystemExit('no')"])
    site = speed.Site(10)
    try:
        with pytest.raises(RuntimeError, match="broken: exit 1, 0 of 10 pages\nno"):
            speed.measure(broken, site, 10, {})
    finally:
        site.close()


def test_a_contestant_is_measured() -> None:
    empty = next(contestant for contestant in CONTESTANTS if contestant.name == "empty_ours")
    site = speed.Site(40)
    try:
        measured = speed.measure(empty, site, 40, {})
    finally:
        site.close()
    assert measured.articles_per_second > 0
    assert 30 < measured.peak_rss < 500
    assert measured.cpu_ms_per_article > 0


def test_it_runs_as_a_module() -> None:
    command = [sys.executable, "-m", "benchmarks.speed", "--help"]
    assert (
        b"--rounds"
        in subprocess.run(command, cwd=speed.FOLDER.parent, stdout=subprocess.PIPE, check=True).stdout
    )


def test_memory_is_that_of_a_process_and_of_those_that_it_started() -> None:
    held = 64_000_000
    child = f"held = b'x' * {held}; input()"
    words = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"
    process = subprocess.Popen([sys.executable, "-c", words], stdin=subprocess.PIPE)
    try:
        until = time.monotonic() + 30
        while time.monotonic() < until and speed.resident(process.pid) < held / 1e6:
            time.sleep(0.05)
        together = speed.resident(process.pid)
    finally:
        process.communicate(b"\n", timeout=30)
    assert held / 1e6 < together < held / 1e6 + 60
    assert speed.resident(process.pid) == 0.0, "it has ended"
