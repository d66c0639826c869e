from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from newscrawl.crawl.runner import argument_faults
from newscrawl.errors import UsageError
from newscrawl.jobs.alert_settings import AlertSettings
from newscrawl.jobs.cadence import Bounds
from newscrawl.jobs.config import format_duration, read_jobs, read_jobs_file
from newscrawl.model.crawl_settings import CrawlSettings

SPIDERS = ("eastmoney", "eastmoney_flash")


@pytest.fixture
def read(tmp_path: Path) -> Any:
    def write_and_read(text: str) -> Any:
        path = tmp_path / "jobs.toml"
        path.write_text(text, "utf-8")
        return read_jobs(path, SPIDERS)

    return write_and_read


def test_all_keys(read: Any) -> None:
    [job] = read("""
        [jobs.news]
        spider = "eastmoney"
        cron = "*/5 * * * *"
        jitter = "20s"
        time_limit = "10m"
        args = { since = "2d", columns = "350,351", limit = 5, dry = true }
        enabled = false
        zone = "Asia/Shanghai"
    """)
    assert (job.name, job.spider, job.cron, job.every) == ("news", "eastmoney", "*/5 * * * *", None)
    assert (job.jitter, job.time_limit) == (timedelta(seconds=20), timedelta(minutes=10))
    assert job.args == {"since": "2d", "columns": "350,351", "limit": "5", "dry": "true"}
    assert (job.enabled, job.zone) == (False, ZoneInfo("Asia/Shanghai"))
    assert job.schedule == "*/5 * * * * (Asia/Shanghai)"


def test_the_least_that_is_needed(read: Any) -> None:
    first, second = read("""
        [jobs.a]
        spider = "eastmoney"
        every = "90s"
        [jobs.b]
        spider = "eastmoney"
        cron = "0 3 * * 0"
    """)
    assert (first.enabled, first.args, first.time_limit, first.jitter) == (True, {}, None, timedelta(0))
    assert first.schedule == "every 1m30s"
    assert second.zone is not None
    assert first.trigger(datetime.now(UTC)) is not None


def test_auto_polls_between_two_bounds(read: Any) -> None:
    usual, own, one = read("""
        [jobs.a]
        spider = "eastmoney"
        every = "auto"
        [jobs.b]
        spider = "eastmoney"
        every = "auto"
        every_min = "90s"
        every_max = "6h"
        jitter = "10s"
        [jobs.c]
        spider = "eastmoney"
        every = "auto"
        every_max = "20m"
    """)
    assert usual.auto == Bounds(timedelta(minutes=2), timedelta(hours=1))
    assert (usual.every, usual.cron, usual.schedule) == (None, None, "auto, every 2m to 1h")
    assert own.auto == Bounds(timedelta(seconds=90), timedelta(hours=6))
    assert (own.jitter, own.schedule) == (timedelta(seconds=10), "auto, every 1m30s to 6h")
    assert one.auto == Bounds(timedelta(minutes=2), timedelta(minutes=20))


@pytest.mark.parametrize(
    ("lines", "error"),
    [
        ('every = "5m"\nevery_min = "1m"', "every_min = '1m': used only with every = \"auto\"; write e.g."),
        ('cron = "* * * * *"\nevery_max = "1h"', "every_max = '1h': used only with every = \"auto\""),
        (
            'every = "auto"\nevery_min = "2h"',
            "every_min = '2h': every_min is 2h, which is longer than every_max, 1h",
        ),
        (
            'every = "auto"\nevery_max = "1m"',
            "every_max = '1m': every_min is 2m, which is longer than every_max, 1m",
        ),
        ('every = "auto"\nevery_max = "8d"', "every_max = '8d': longer than 7d"),
        ('every = "auto"\nevery_min = "soon"', "every_min = 'soon': not a duration such as 30s"),
        ('every = "auto"\nevery_min = 120', "every_min = 120: not a string in quotes"),
        ('every = "auto"\njitter = "3m"', "jitter = '3m': longer than every_min, 2m"),
        ('every = "auto"\ncron = "* * * * *"', "cron and every: use only one of them"),
        ('every = "automatic"', "every = 'automatic': neither \"auto\" nor a duration such as 30s, 5m"),
        ('every = "auto"\nevery_mim = "1m"', "every_mim: unknown key; did you mean every_min?"),
    ],
)
def test_what_auto_is_not(read: Any, lines: str, error: str) -> None:
    with pytest.raises(UsageError) as refused:
        read(f'[jobs.news]\nspider = "eastmoney"\n{lines}')
    assert f"[jobs.news] {error}" in str(refused.value)
    assert str(refused.value).splitlines()[0].endswith(": 1 error")


def test_every_fault_is_named_at_once(read: Any) -> None:
    with pytest.raises(UsageError) as refused:
        read("""
            grace = "5s"
            [jobs.a]
            spider = "estmoney"
            cron = "61 * * * *"
            jitter = "20 seconds"
            time_limit = 600
            args = { since = ["2d"], "a b" = 1 }
            enabled = "yes"
            zone = "Asia/Shangai"
            timelimit = "5m"
            [jobs.A]
            spider = 5
            every = "0s"
            [jobs."no spaces"]
            spider = "eastmoney"
            every = "5m"
            cron = "0 0 30 2 *"
            [jobs.empty]
            [jobs.c]
            spider = "eastmoney"
            every = "5m"
            jitter = "6m"
            args = "since=2d"
            zone = 8
        """)
    message = str(refused.value)
    for fault in (
        "grace: unknown table; declare jobs under [jobs.NAME]",
        "[jobs.a] spider = 'estmoney': no such spider (did you mean eastmoney",
        "[jobs.a] cron = '61 * * * *': not a cron line (",
        "[jobs.a] jitter = '20 seconds': not a duration such as 30s, 5m, 2h, 1d, up to ten years; "
        'write e.g. jitter = "20s"',
        '[jobs.a] time_limit = 600: not a string in quotes; write e.g. time_limit = "10m"',
        "since is neither a string nor a number; write e.g. args = {",
        "'a b' is not a valid argument name",
        "[jobs.a] enabled = 'yes': neither true nor false; write e.g. enabled = true",
        "[jobs.a] zone = 'Asia/Shangai': no such time zone; write e.g. zone = \"Asia/Shanghai\"",
        "[jobs.a] timelimit: unknown key; did you mean time_limit?",
        "[jobs.A] differs from [jobs.a] by case only",
        "[jobs.A] spider = 5: not a string in quotes",
        "[jobs.A] every = '0s': neither \"auto\" nor a duration",
        "[jobs.no spaces] a name has up to 64 ASCII letters",
        "[jobs.no spaces] cron and every: use only one of them",
        "[jobs.no spaces] cron = '0 0 30 2 *': never due",
        "[jobs.empty] spider: missing",
        '[jobs.empty] cron: missing; write e.g. cron = "*/5 * * * *" or every = "5m"',
        "[jobs.c] jitter = '6m': longer than every = '5m'",
        "[jobs.c] args = 'since=2d': not a table",
        "[jobs.c] zone = 8: not a string in quotes",
    ):
        assert fault in message
    assert f"{len(message.splitlines()) - 1} errors" in message.splitlines()[0]


def test_one_table_declared_twice(read: Any) -> None:
    with pytest.raises(UsageError, match=r"not valid TOML.*line 4"):
        read('[jobs.a]\nspider = "eastmoney"\nevery = "5m"\n[jobs.a]\n')


@pytest.mark.parametrize("text", ["", "jobs = 3", "[jobs]", "jobs = []"])
def test_no_jobs_at_all(read: Any, text: str) -> None:
    with pytest.raises(UsageError, match="none declared"):
        read(text)


def test_a_job_that_is_no_table(read: Any) -> None:
    with pytest.raises(UsageError, match=r"\[jobs.a\] = 5 is not a table"):
        read("[jobs]\na = 5")


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="No such file"):
        read_jobs(tmp_path / "none.toml", SPIDERS)
    with pytest.raises(UsageError, match="directory"):
        read_jobs(tmp_path, SPIDERS)
    (tmp_path / "gbk.toml").write_bytes("# 财经\n[jobs.a]".encode("gbk"))
    with pytest.raises(UsageError, match="not valid TOML"):
        read_jobs(tmp_path / "gbk.toml", SPIDERS)


def test_a_zone_that_is_a_path(read: Any) -> None:
    for zone in ("../../etc/passwd", "Asia", "/etc/localtime", ""):
        with pytest.raises(UsageError, match="no such time zone"):
            read(f'[jobs.a]\nspider = "eastmoney"\nevery = "5m"\nzone = "{zone}"')


def test_lengths_for_people() -> None:
    assert format_duration(timedelta(days=1, seconds=61)) == "1d1m1s"
    assert format_duration(timedelta(milliseconds=20)) == "0s"


def test_a_file_written_on_windows(tmp_path: Path) -> None:
    (tmp_path / "jobs.toml").write_text('[jobs.a]\r\nspider = "eastmoney"\r\nevery = "5m"\r\n', "utf-8-sig")
    assert [job.name for job in read_jobs(tmp_path / "jobs.toml", SPIDERS)] == ["a"]


def test_arguments_that_the_spider_does_not_take_are_faults(tmp_path: Path) -> None:
    text = '[jobs.{}]\nspider = "eastmoney"\nevery = "5m"\nargs = {{ {} }}\n'
    faulty = (
        text.format("a", 'colums = "1"')
        + text.format("b", 'since = "long ago"')
        + text.format("c", "limit = 0")
        + text.format("e", 'since = "2x", limit = -1, colums = "1", zz = "2"').replace("eastmoney", "bbc")
        + text.format("f", 'url = "https://example.org/", since = "2x"').replace("eastmoney", "site")
        + text.format("h", 'url = "nosuch", limit = 0').replace("eastmoney", "site")
        + text.format("g", 'since = "2x", limit = 0').replace("eastmoney", "site")
    )
    (tmp_path / "jobs.toml").write_text(faulty + text.format("d", "limit = 1"), "utf-8")
    with pytest.raises(UsageError) as told:
        read_jobs(tmp_path / "jobs.toml", (*SPIDERS, "bbc", "site"), argument_faults)
    first, *faults = str(told.value).splitlines()
    assert first.endswith("10 errors")
    for fault, words in zip(
        faults,
        (
            "[jobs.a] args: spider eastmoney has no",
            "[jobs.b] args: Invalid time 'long ago'",
            "[jobs.c] args: limit",
            "[jobs.e] args: spider bbc has no argument 'colums'",
            "[jobs.e] args: spider bbc has no argument 'zz'",
            "[jobs.e] args: Invalid time '2x'",
            "[jobs.e] args: limit",
            "[jobs.f] args: Invalid time '2x'",
            "[jobs.h] args: 'nosuch' is not an http address",
            "[jobs.g] args: spider site needs the address",
        ),
        strict=True,
    ):
        assert fault.strip().startswith(words)


def test_alerts_are_read(tmp_path: Path) -> None:
    path = tmp_path / "jobs.toml"
    path.write_text(
        '[alerts]\nto = ["${MAIL}", "https://hooks.example.org/x"]\nafter = 2\nremind = "12h"\n'
        'gather = "1m"\n'
        'quiet = "22:00-07:00"\nzone = "Asia/Shanghai"\nlate = "10m"\nspool = "5m"\nping = "${PING}"\n'
        '[jobs.news]\nspider = "eastmoney"\nevery = "5m"\n',
        "utf-8",
    )
    settings = read_jobs_file(path, ["eastmoney"]).alerts
    assert settings == AlertSettings(
        to=("${MAIL}", "https://hooks.example.org/x"),
        after=2,
        remind=timedelta(hours=12),
        gather=timedelta(minutes=1),
        quiet=(time(22), time(7)),
        zone=ZoneInfo("Asia/Shanghai"),
        late=timedelta(minutes=10),
        spool=timedelta(minutes=5),
        ping="${PING}",
    )
    assert settings.is_quiet(datetime(2026, 3, 8, 14, 30, tzinfo=UTC))  # 22:30 in Shanghai


@pytest.mark.parametrize(
    ("lines", "error"),
    [
        ("to = []", "[alerts] to = …: not a list of addresses"),
        ('to = ["s3cret"]', "[alerts] to = …: an address begins with its kind"),
        ('to = ["mailto://x"]\nafter = 0', "[alerts] after = 0: not a number from 1 to 1000"),
        ('to = ["mailto://x"]\nquiet = "22-7"', "[alerts] quiet = '22-7': not two times of day"),
        ('to = ["mailto://x"]\nquiet = "07:00-07:00"', "quiet = '07:00-07:00': start and end are the same"),
        ('to = ["mailto://x"]\nzone = "Asia/Peking"', "[alerts] zone = 'Asia/Peking': no such time zone"),
        ('to = ["mailto://x"]\nremind = "soon"', "[alerts] remind = 'soon': not a duration"),
        ('to = ["mailto://x"]\nping = "s3cret"', "[alerts] ping = …: not an http address"),
        ('to = ["mailto://x"]\nwhom = "me"', "[alerts] whom: unknown key; the keys are to, after"),
        ("after = 3", "[alerts] to: missing"),
    ],
)
def test_wrong_alerts_are_reported_without_secrets(tmp_path: Path, lines: str, error: str) -> None:
    path = tmp_path / "jobs.toml"
    path.write_text(f'[alerts]\n{lines}\n[jobs.news]\nspider = "eastmoney"\nevery = "5m"\n', "utf-8")
    with pytest.raises(UsageError) as caught:
        read_jobs_file(path, ["eastmoney"])
    assert error in str(caught.value)
    assert "s3cret" not in str(caught.value)


def test_how_a_source_is_asked(read: Any) -> None:
    [job] = read("""
        [jobs.news]
        spider = "eastmoney"
        every = "5m"
        time_limit = "10m"
        user_agent = "deskbot/1.0"
        headers = { Accept-Language = "en", X-Key = "${NEWS_KEY}" }
        proxy = "http://news:${PROXY_PASSWORD}@proxy.example.com:3128"
        cookies = { consent = "yes" }
        delay = "2s"
        concurrency = 2
        settings = { DOWNLOAD_TIMEOUT = 60, RETRY_TIMES = 1 }
    """)
    assert job.crawl == CrawlSettings(
        user_agent="deskbot/1.0",
        headers={"Accept-Language": "en", "X-Key": "${NEWS_KEY}"},
        proxy="http://news:${PROXY_PASSWORD}@proxy.example.com:3128",
        cookies={"consent": "yes"},
        delay=2,
        concurrency=2,
        settings={"DOWNLOAD_TIMEOUT": 60, "RETRY_TIMES": 1},
    )
    assert job.run_settings.time_limit == timedelta(minutes=10)


def test_one_bad_job_is_named_and_its_secrets_are_not(read: Any) -> None:
    with pytest.raises(UsageError) as error:
        read("""
            [jobs.good]
            spider = "eastmoney"
            every = "5m"
            delay = 2.5
            [jobs.bad]
            spider = "eastmoney"
            every = "5m"
            delay = -2
            proxy = "socks5://news:s3cret@127.0.0.1:1"
            headers = { X-Key = "s3cret\\r\\n" }
            settings = { ROBOTSTXT_OBEY = false, RETRY_TIME = 1 }
            user_agents = "x"
        """)
    lines = str(error.value).splitlines()
    assert lines[0].endswith("jobs.toml: 6 errors")
    assert all(line.startswith("  [jobs.bad] ") for line in lines[1:])
    told = "\n".join(lines)
    for part in (
        "delay = -2",
        "socks5: is not spoken",
        "X-Key: its value has a line break",
        "did you mean user_agent",
    ):
        assert part in told
    assert "robots.txt is always obeyed" in told
    assert "did you mean RETRY_TIMES?" in told
    assert "s3cret" not in told
