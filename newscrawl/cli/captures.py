"""newscrawl archive"""

from __future__ import annotations

import logging
import signal
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from newscrawl.cli.logs import LogFormat, complain, set_log_format
from newscrawl.cli.output import ignoring_closed_pipe, json_text, local_time, one_line, piped, print_array
from newscrawl.errors import UsageError

if TYPE_CHECKING:
    from newscrawl.captures.choice import Choice
    from newscrawl.captures.processes import FileEnd, ReadingProcesses

Files = Annotated[
    list[str] | None,
    typer.Argument(metavar="FILE", help="WARC files (gzip, zstd or plain), WACZ files, URLs."),
]
Sources = Annotated[
    str, typer.Option(metavar="NAMES", help="Declared sources whose articles are read: all, or bbc,dw.")
]
AnyPage = Annotated[bool, typer.Option("--any", help="Also read articles of undeclared sites.")]
Since = Annotated[str | None, typer.Option(metavar="WHEN", help="Only articles published since: 2026-03-08.")]
Until = Annotated[str | None, typer.Option(metavar="WHEN", help="Only articles published before.")]
Language = Annotated[str | None, typer.Option(metavar="TAGS", help="Only these languages: de, or en,zh.")]
Domain = Annotated[str | None, typer.Option(metavar="NAMES", help="Only these domains and their subdomains.")]
Month = Annotated[
    str | None,
    typer.Option("--cc-news", metavar="YYYY-MM", help="All CC-NEWS files of a month, over the web."),
]
Processes = Annotated[int, typer.Option("-n", min=1, max=256, help="Files to read in parallel.")]
KeepPages = Annotated[bool, typer.Option("--keep-pages", help="Keep copies of the pages for rereading.")]
Again = Annotated[bool, typer.Option("--again", help="Read files again from the start.")]
ListFiles = Annotated[bool, typer.Option("--list", help="List the files read so far, with progress.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]

_MOST_REASONS = 5  # for skipped pages, per line


def register(app: typer.Typer) -> None:
    app.command("archive")(archive)


def archive(
    files: Files = None,
    sources: Sources = "all",
    any_page: AnyPage = False,
    since: Since = None,
    until: Until = None,
    language: Language = None,
    domain: Domain = None,
    cc_news: Month = None,
    processes: Processes = 1,
    keep_pages: KeepPages = False,
    again: Again = False,
    list_files: ListFiles = False,
    as_json: AsJson = False,
    log_format: LogFormat = "text",
) -> None:
    """Read foreign WARC files: CC-NEWS, Heritrix, Browsertrix, wget.

    Takes the articles of declared sources, with --any those of all sites. Safe to interrupt; rerun to
    continue. Exits 3 if another process was reading one of the files.
    """
    set_log_format(log_format, "WARNING")
    if list_files:
        _list(as_json=as_json)
        return
    choice = _choice(sources, since, until, language, domain, any_page=any_page)
    ends = list(_read(files or [], cc_news, choice, processes, keep_pages, again, as_json=as_json))
    if any(end.error is not None and not end.busy for end in ends):
        raise typer.Exit(1)
    if any(end.busy for end in ends):
        raise typer.Exit(3)
    if any(end.result and end.result.problems for end in ends):
        raise typer.Exit(1)


def _read(  # one parameter per option
    files: list[str],
    month: str | None,
    choice: Choice,
    processes: int,
    keep_pages: bool,
    again: bool,
    *,
    as_json: bool,
) -> Iterator[FileEnd]:
    from newscrawl.captures.choice import Chooser, chosen_kinds
    from newscrawl.captures.file_process import Wanted
    from newscrawl.captures.places import expand, month_files
    from newscrawl.captures.processes import ReadingProcesses
    from newscrawl.store.client import check_reachable
    from newscrawl.warc.page_reader import need_fastwarc
    from newscrawl.warc.records import need_warcio

    need_fastwarc()
    if keep_pages:
        need_warcio()
    if not files and month is None:
        raise UsageError("name WARC files or addresses, or a month: --cc-news 2026-10")
    logging.basicConfig(format="newscrawl: %(message)s", level=logging.WARNING)
    kinds = chosen_kinds(choice.sources)
    names = expand(files) + (month_files(month) if month is not None else [])
    check_reachable("writer")
    reading = ReadingProcesses(names, Wanted(Chooser(choice, kinds), again, keep_pages), processes)
    printed: list[Any] = []
    with _stopped_by_signals(reading):
        for end in reading.ends():
            with ignoring_closed_pipe():
                if as_json:
                    printed.append(
                        asdict(end.result) if end.result else {"name": end.name, "error": end.error}
                    )
                elif end.result:
                    typer.echo(_line(end))
            if end.error is not None:
                complain(one_line(end.error))
            elif end.result is not None:
                for words in _warnings(end):
                    complain(one_line(f"{end.name}: {words}"))
            yield end
    if as_json:
        with ignoring_closed_pipe():
            typer.echo(json_text(printed, indent=2))


def _choice(
    sources: str,
    since: str | None,
    until: str | None,
    language: str | None,
    domain: str | None,
    *,
    any_page: bool,
) -> Choice:
    """The choice that the options describe. Raises UsageError."""
    import re

    from newscrawl.captures.choice import Choice
    from newscrawl.text.times import parse_moment

    now = datetime.now(UTC)
    for name, value in (
        ("sources", sources),
        ("since", since),
        ("until", until),
        ("language", language),
        ("domain", domain),
    ):
        if value is not None and not value.strip(" ,"):
            raise UsageError(f"--{name} is empty; give it a value, or leave it out")
    languages = _words(language)
    for tag in languages:
        if not re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", tag):
            raise UsageError(f"--language {tag!r} is not a BCP 47 tag; use one such as de, zh or pt-BR")
    domains = tuple(one.lower().strip(".") for one in _words(domain))
    for one in domains:
        if "/" in one or ":" in one:
            raise UsageError(f"--domain {one!r} is not a domain; write it without https:// and path")
    return Choice(
        None if sources.strip() == "all" else _words(sources),
        any_page,
        parse_moment(since, now) if since else None,
        parse_moment(until, now) if until else None,
        languages,
        domains,
    )


def _words(value: str | None) -> tuple[str, ...]:
    return tuple(word for word in (value or "").replace(",", " ").split() if word)


@contextmanager
def _stopped_by_signals(reading: ReadingProcesses) -> Iterator[None]:
    """Ctrl-C and SIGTERM stop the readers after their current page; a second signal, at once."""
    caught: list[int] = []

    def stop(number: int, _: object) -> None:
        caught.append(number)
        reading.stop()

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    if caught:
        complain("stopped; run the same command to continue")
        raise typer.Exit(128 + caught[0])


def _line(end: FileEnd) -> str:
    assert end.result is not None
    result = end.result
    counts = ", ".join(f"{count:,} {name}" for name, count in result.counts.items()) or "no articles"
    return one_line(
        f"{end.name}: {result.state}; {result.records:,} records; {counts}{_skipped(result.skipped)}"
    )


def _skipped(skipped: dict[str, int]) -> str:
    if not skipped:
        return ""
    most = Counter(skipped).most_common()
    words = ", ".join(f"{count:,} {reason}" for reason, count in most[:_MOST_REASONS])
    rest = sum(count for _, count in most[_MOST_REASONS:])
    return f"; left out: {words}" + (f", {rest:,} others" if rest else "")


def _warnings(end: FileEnd) -> Iterator[str]:
    assert end.result is not None
    if end.result.damaged:
        yield f"damaged in {end.result.damaged} places, which were skipped"
    yield from end.result.problems


def _list(*, as_json: bool) -> None:
    from newscrawl.paths import database_name
    from newscrawl.store.archive_files import list_files, progress_of
    from newscrawl.store.client import connect, reaching

    with reaching(), connect("reader") as client, piped():
        documents = list_files(client[database_name()])
        if as_json:
            print_array(documents)
            return
        if not documents:
            typer.echo("no archives were read", err=True)
        for document in documents:
            progress = progress_of(document)
            counts = ", ".join(f"{count:,} {name}" for name, count in progress.counts.most_common())
            size = document["size"]
            part = (
                f" {100 * progress.offset / size:.0f} %"
                if size and not progress.done and progress.offset
                else ""
            )
            state = "done" if progress.done else f"reading{part}"
            columns = (local_time(document["updated"]), state, f"{progress.records:,} records", counts or "-")
            typer.echo("\t".join([*columns, one_line(document["name"]), document["choice"]]))
    sys.stdout.flush()
