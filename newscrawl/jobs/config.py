"""jobs.toml: which spider runs when. An invalid file is refused as a whole, with all its errors."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tzlocal import get_localzone

from newscrawl.errors import UsageError
from newscrawl.jobs.alert_settings import AlertSettings, read_alerts
from newscrawl.jobs.cadence import LONGEST_WAIT, Bounds
from newscrawl.jobs.triggers import cron_trigger, interval_trigger, next_due, parse_duration
from newscrawl.jobs.webhook_settings import WebhookSettings, read_webhooks
from newscrawl.model.crawl_settings import NAMES, CrawlSettings, faults

#: Takes a spider's name and arguments; returns what is wrong with them, or None.
Check = Callable[[str, Mapping[str, str]], list[str]]
#: Takes a spider's name; returns the hosts that its lists are on.
HostsOf = Callable[[str], Collection[str]]

MOST_PARALLEL = 1000  #: crawls at the same time

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_ARGUMENT = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")

AUTO = "auto"  #: as `every`

EXAMPLES: Mapping[str, str] = {
    "spider": 'spider = "eastmoney"',
    "cron": 'cron = "*/5 * * * *"',
    "every": 'every = "5m"',
    "every_min": 'every_min = "2m"',
    "every_max": 'every_max = "1h"',
    "jitter": 'jitter = "20s"',
    "time_limit": 'time_limit = "10m"',
    "user_agent": 'user_agent = "deskbot/1.0 (+https://example.com/bot)"',
    "headers": 'headers = { Accept-Language = "en", X-Key = "${NEWS_KEY}" }',
    "proxy": 'proxy = "http://news:${PROXY_PASSWORD}@proxy.example.com:3128"',
    "cookies": 'cookies = { consent = "yes" }',
    "delay": "delay = 2.5",
    "concurrency": "concurrency = 2",
    "settings": "settings = { DOWNLOAD_TIMEOUT = 60, RETRY_TIMES = 1 }",
    "args": 'args = { since = "2d", columns = "350,351" }',
    "enabled": "enabled = true",
    "zone": 'zone = "Asia/Shanghai"',
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One table `[jobs.NAME]`. Exactly one of `cron`, `every` and `auto` is set."""

    name: str
    spider: str
    cron: str | None = None  #: five fields, in `zone`
    every: timedelta | None = None
    auto: Bounds | None = None  #: `every = "auto"`: by the rhythm of its source, within bounds
    zone: tzinfo  #: of `cron`; the machine's if jobs.toml has none
    jitter: timedelta = timedelta(0)  #: maximum random delay of a run
    time_limit: timedelta | None = None  #: the run is stopped after it; None: no limit
    args: Mapping[str, str] = field(default_factory=dict)  #: the spider's, as `-a name=value`
    enabled: bool = True
    crawl: CrawlSettings = field(default_factory=CrawlSettings)  #: how its source is asked
    hosts: tuple[str, ...] = ()  #: of the spider's lists: jobs that share one do not run side by side

    @property
    def schedule(self) -> str:
        """For display: `*/5 * * * * (Asia/Shanghai)`, `every 5m`, `auto, every 2m to 1h`."""
        if self.auto is not None:
            return (
                f"auto, every {format_duration(self.auto.shortest)} to {format_duration(self.auto.longest)}"
            )
        if self.every is not None:
            return f"every {format_duration(self.every)}"
        return f"{self.cron} ({self.zone})"

    @property
    def run_settings(self) -> CrawlSettings:
        """What its runs are given: `crawl`, and the time limit, which the crawl keeps as well."""
        limit = self.time_limit and self.time_limit.total_seconds()
        return CrawlSettings.unchecked(self.crawl.to_document() | {"time_limit": limit})

    def trigger(self, first: datetime) -> Any:
        """An APScheduler trigger; an interval starts at `first` (aware)."""
        if self.auto is not None:
            from newscrawl.jobs.auto_trigger import AutoTrigger

            return AutoTrigger(self.spider, self.args, self.auto)
        if self.every is not None:
            return interval_trigger(self.every, first)
        assert self.cron is not None
        return cron_trigger(self.cron, self.zone)


@dataclass(frozen=True, slots=True)
class JobsFile:
    """A jobs.toml."""

    jobs: list[Job]  #: in its order
    max_parallel: int | None = None  #: how many crawls a scheduler runs at the same time; None: not stated
    alerts: AlertSettings | None = None  #: None: no table [alerts]
    webhooks: list[WebhookSettings] = field(default_factory=list)  #: in its order


def read_jobs(
    path: Path, spiders: Collection[str], check: Check | None = None, hosts_of: HostsOf | None = None
) -> list[Job]:
    """The jobs of the file, in its order; see `read_jobs_file`."""
    return read_jobs_file(path, spiders, check, hosts_of).jobs


def read_jobs_file(
    path: Path, spiders: Collection[str], check: Check | None = None, hosts_of: HostsOf | None = None
) -> JobsFile:
    """The file. `spiders` are the known names; `check` checks a spider's arguments.

    Raises UsageError with all errors of the file, one per line.
    """
    try:
        tables = tomllib.loads(path.read_text("utf-8-sig"))
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}; see docs/operations.md for an example") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} is not valid TOML: {error}") from None
    jobs, errors = _read_tables(tables, spiders)
    alerts, wrong_alerts = read_alerts(tables["alerts"]) if "alerts" in tables else (None, [])
    webhooks, wrong_webhooks = read_webhooks(tables.get("webhooks", {}))
    errors += wrong_alerts + wrong_webhooks
    if check:
        errors += [
            f"[jobs.{job.name}] args: {error}" for job in jobs for error in check(job.spider, job.args)
        ]
    if errors:
        count = f"{len(errors)} errors" if len(errors) > 1 else "1 error"
        raise UsageError("\n".join([f"{path}: {count}", *(f"  {error}" for error in errors)]))
    if hosts_of:
        jobs = [replace(job, hosts=tuple(sorted(hosts_of(job.spider)))) for job in jobs]
    return JobsFile(jobs, tables.get("max_parallel"), alerts, webhooks)


def format_duration(length: timedelta) -> str:
    """`90` seconds -> `1m30s`."""
    left, text = round(length.total_seconds()), ""
    for unit, size in (("d", 86400), ("h", 3600), ("m", 60), ("s", 1)):
        count, left = divmod(left, size)
        text += f"{count}{unit}" if count else ""
    return text or "0s"


def _read_tables(tables: dict[str, Any], spiders: Collection[str]) -> tuple[list[Job], list[str]]:
    known = ("jobs", "max_parallel", "alerts", "webhooks")
    errors = [f"{key}: unknown table; declare jobs under [jobs.NAME]" for key in tables if key not in known]
    limit = tables.get("max_parallel", 1)
    if not isinstance(limit, int) or isinstance(limit, bool) or not 1 <= limit <= MOST_PARALLEL:
        errors.append(
            f"max_parallel = {limit!r}: not a number from 1 to {MOST_PARALLEL}; write e.g. max_parallel = 6"
        )
    declared = tables.get("jobs")
    if not isinstance(declared, dict) or not declared:
        return [], [*errors, "jobs: none declared; write e.g. [jobs.news] and below it " + EXAMPLES["spider"]]
    jobs = []
    spellings: dict[str, str] = {}
    for name, values in declared.items():
        table = _Table(name, values, spiders)
        if (other := spellings.setdefault(name.lower(), name)) != name:
            table.error(f"differs from [jobs.{other}] by case only; give it another name")
        if (job := table.job()) and not table.errors:
            jobs.append(job)
        errors += table.errors
    return jobs, errors


class _Table:
    """Reads one table and collects its errors."""

    def __init__(self, name: str, values: Any, spiders: Collection[str]) -> None:
        self.name, self.spiders = name, spiders
        self.values: dict[str, Any] = values if isinstance(values, dict) else {}
        self.errors: list[str] = []
        if not _NAME.fullmatch(name):
            self.error("a name has up to 64 ASCII letters, digits, - and _; write e.g. [jobs.news]")
        if not isinstance(values, dict):
            self.error(
                f"= {values!r} is not a table; write e.g. [jobs.news] and below it {EXAMPLES['spider']}"
            )

    def error(self, text: str) -> None:
        """Records an error of the whole table."""
        self.errors.append(f"[jobs.{self.name}] {text}")

    def job(self) -> Job | None:
        """The job; None if the table is invalid."""
        for key in self.values.keys() - EXAMPLES.keys():
            near = difflib.get_close_matches(key, EXAMPLES, n=1)
            hint = f"did you mean {near[0]}?" if near else f"the keys are {', '.join(EXAMPLES)}"
            self.error(f"{key}: unknown key; {hint}")
        spider = self._spider()
        zone = self._zone()
        cron, auto = self._cron(zone), self._auto()
        every = None if auto else self._duration("every")
        if "cron" in self.values and "every" in self.values:
            self.error("cron and every: use only one of them")
        if "cron" not in self.values and "every" not in self.values:
            self.error(f"cron: missing; write e.g. {EXAMPLES['cron']} or {EXAMPLES['every']}")
        jitter, limit = self._duration("jitter"), self._duration("time_limit")
        if jitter and every and jitter > every:
            self._key_error("jitter", f"longer than every = {self.values['every']!r}")
        if jitter and auto and jitter > auto.shortest:
            self._key_error("jitter", f"longer than every_min, {format_duration(auto.shortest)}")
        args, enabled, crawl = self._args(), self._enabled(), self._crawl()
        if self.errors:
            return None
        return Job(
            name=self.name,
            spider=spider,
            cron=cron,
            every=every,
            auto=auto,
            zone=zone,
            jitter=jitter or timedelta(0),
            time_limit=limit,
            args=args,
            enabled=enabled,
            crawl=crawl,
        )

    def _key_error(self, key: str, what: str) -> None:
        self.error(f"{key} = {self.values.get(key)!r}: {what}; write e.g. {EXAMPLES[key]}")

    def _text(self, key: str) -> str | None:
        value = self.values.get(key)
        if key in self.values and not isinstance(value, str):
            self._key_error(key, "not a string in quotes")
            return None
        return value

    def _spider(self) -> str:
        if "spider" not in self.values:
            self.error(f"spider: missing; write e.g. {EXAMPLES['spider']}")
        spider = self._text("spider")
        if spider is not None and spider not in self.spiders:
            near = difflib.get_close_matches(spider, self.spiders, 3)
            hint = f" (did you mean {' or '.join(near)}?)" if near else "; newscrawl sources lists all"
            self._key_error("spider", f"no such spider{hint}")
        return spider or ""

    def _zone(self) -> tzinfo:
        name = self._text("zone")
        if name is None:
            local: tzinfo = get_localzone()
            return local
        try:
            return ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: the name of a folder
            self._key_error("zone", "no such time zone")
            return UTC

    def _cron(self, zone: tzinfo) -> str | None:
        line = self._text("cron")
        if line is None:
            return None
        try:
            if next_due(cron_trigger(line, zone), datetime.now(UTC)) is None:
                self._key_error("cron", "never due")
        except ValueError as error:
            self._key_error("cron", f"not a cron line ({error})")
        return line

    def _duration(self, key: str) -> timedelta | None:
        text = self._text(key)
        if text is None:
            return None
        try:
            return parse_duration(text)
        except ValueError:
            neither = f'neither "{AUTO}" nor' if key == "every" else "not"
            self._key_error(key, f"{neither} a duration such as 30s, 5m, 2h, 1d, up to ten years")
            return None

    def _auto(self) -> Bounds | None:
        """The bounds of `every = "auto"`; None if a fixed interval or a cron line is declared."""
        given = [key for key in ("every_min", "every_max") if key in self.values]
        if self.values.get("every") != AUTO:
            for key in given:
                self._key_error(key, f'used only with every = "{AUTO}"')
            return None
        usual = Bounds()
        shortest = self._duration("every_min") or usual.shortest
        longest = self._duration("every_max") or usual.longest
        if longest > LONGEST_WAIT:
            self._key_error("every_max", f"longer than {format_duration(LONGEST_WAIT)}")
        if shortest > longest:
            least, most = format_duration(shortest), format_duration(longest)
            self._key_error(given[0], f"every_min is {least}, which is longer than every_max, {most}")
        return Bounds(shortest, longest)

    def _args(self) -> dict[str, str]:
        values = self.values.get("args", {})
        if not isinstance(values, dict):
            self._key_error("args", "not a table")
            return {}
        for name, value in values.items():
            if not _ARGUMENT.fullmatch(name):
                self._key_error("args", f"{name!r} is not a valid argument name")
            if not isinstance(value, str | int | float):
                self._key_error("args", f"{name} is neither a string nor a number")
        return {name: _as_argument(value) for name, value in values.items()}

    def _crawl(self) -> CrawlSettings:
        """How its source is asked; wrong declarations are left out."""
        given = {key: self.values[key] for key in NAMES if key in self.values and key != "time_limit"}
        if isinstance(delay := given.get("delay"), str):
            given["delay"] = self._seconds(delay)
        wrong = list(faults(given))
        for fault in wrong:
            self.error(fault)
        return CrawlSettings() if wrong else CrawlSettings(**given)

    def _seconds(self, delay: str) -> float | str:
        """Those of a duration; any other text as it is."""
        try:
            return parse_duration(delay).total_seconds()
        except ValueError:
            return delay

    def _enabled(self) -> bool:
        value = self.values.get("enabled", True)
        if not isinstance(value, bool):
            self._key_error("enabled", "neither true nor false")
        return bool(value)


def _as_argument(value: object) -> str:
    """As on the command line: `true` for True."""
    return str(value).lower() if isinstance(value, bool) else str(value)
