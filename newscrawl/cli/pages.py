"""newscrawl pages: the pages that posts were read from."""

from __future__ import annotations

import re
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from newscrawl.cli.output import (
    console,
    counted,
    ignoring_closed_pipe,
    json_text,
    local_time,
    one_line,
    piped,
    ticking,
)
from newscrawl.errors import NewscrawlError, PageNotKept, UsageError

if TYPE_CHECKING:
    from pymongo.database import Database

    from newscrawl.store.client import Document
    from newscrawl.store.page_references import KeptVersion
    from newscrawl.warc.page_folder import PageFile
    from newscrawl.warc.page_reader import KeptArticle

_UNITS = {"": 1, "B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12}
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([KMGT]?B?)", re.IGNORECASE)


def register(app: typer.Typer) -> None:
    area = typer.Typer(no_args_is_help=True)
    area.command("list")(list_files)
    area.command("get")(get)
    area.command("prune")(prune)
    area.command("verify")(verify)
    app.add_typer(area, name="pages", help="Show, check and remove the pages that posts were read from.")


def list_files(
    count: Annotated[
        bool,
        typer.Option("--count", help="Also read the files and count the articles in them: about 5 s per GB."),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """List the files of kept pages, with the number of posts that refer to each."""
    from newscrawl.warc.files import pages_folder
    from newscrawl.warc.page_folder import count_content, take_stock
    from newscrawl.warc.page_reader import need_fastwarc

    folder = pages_folder()
    files = take_stock(folder)
    posts = _references([file.path.name for file in files])
    rows: list[dict[str, Any]] = [
        {
            "file": file.path.name,
            "day": file.day.isoformat(),
            "bytes": file.size,
            "state": file.state,
            "posts": None if posts is None else posts.get(file.path.name, 0),
        }
        for file in files
    ]
    if count:
        need_fastwarc()
        with ticking(f"of {len(files)} files read") as show:
            for number, (file, row) in enumerate(zip(files, rows, strict=True)):
                show(number)
                row.update(asdict(count_content(file.path)))
    with ignoring_closed_pipe():
        if as_json:
            typer.echo(json_text({"folder": str(folder), "files": rows}, indent=2))
        else:
            _print_files(rows, files, str(folder))


def _references(names: list[str]) -> dict[str, int] | None:
    """Number of posts per file; None if MongoDB is unavailable."""
    from newscrawl.errors import DatabaseUnavailable
    from newscrawl.paths import database_name
    from newscrawl.store.client import connect, reaching
    from newscrawl.store.page_references import count_references

    if not names:
        return {}
    try:
        with reaching(), connect("reader") as client:
            return count_references(client[database_name()], names)
    except DatabaseUnavailable as error:
        typer.echo(f"newscrawl: posts were not counted: {error}", err=True)
        return None


_COUNTED = ("articles", "pages", "revisits", "listed", "lists", "damaged")


def _print_files(rows: list[dict[str, Any]], files: list[PageFile], folder: str) -> None:
    if not sys.stdout.isatty():
        for row in rows:
            typer.echo("\t".join(str("" if value is None else value) for value in row.values()))
        return
    if not rows:
        typer.echo(f"no pages are kept in {folder}; set NEWSCRAWL_KEEP_PAGES=1 to keep them")
        return
    from rich.table import Table

    columns = [name for name in _COUNTED if name in rows[0]]
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for name in ("file", "day", "size", "state", "posts", *columns):
        table.add_column(name, justify="left" if name in ("file", "day", "state") else "right", no_wrap=True)
    for row in rows:
        posts = "?" if row["posts"] is None else f"{row['posts']:,}"
        more = [f"{row[name]:,}" for name in columns]
        table.add_row(row["file"], row["day"], size_text(row["bytes"]), row["state"], posts, *more)
    console(soft_wrap=True).print(table)
    total, refer = sum(file.size for file in files), sum(row["posts"] or 0 for row in rows)
    typer.echo(
        f"{counted(len(files), 'file')}, {size_text(total)}; {counted(refer, 'post')} in them; {folder}"
    )


def size_text(size: float) -> str:
    """`1.2 GB`; units of 1000."""
    for unit in ("B", "KB", "MB", "GB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} TB"


def get(
    reference: Annotated[
        str, typer.Argument(metavar="ID|URL", help="Id of a post or a reject, its 18 digits, or its address.")
    ],
    part: Annotated[int, typer.Option(min=1, help="Page of an article that has several.")] = 1,
    headers: Annotated[
        bool, typer.Option("--headers", help="Print the status and the headers first.")
    ] = False,
    every: Annotated[
        bool, typer.Option("--all", help="List the kept versions of the article instead, the latest first.")
    ] = False,
    version: Annotated[int, typer.Option(min=1, help="Version to print, by its number in --all.")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="With --all: print a JSON array.")] = False,
) -> None:
    """Print the page of a post or a reject, byte for byte.

    For an article that was read from its list alone, prints the list's values as JSON. Exits 1 if no page is
    kept.
    """
    from newscrawl.paths import database_name
    from newscrawl.store.client import connect, reaching
    from newscrawl.store.page_references import kept_versions, with_pages
    from newscrawl.warc.files import pages_folder
    from newscrawl.warc.page_reader import kept_article, need_fastwarc

    need_fastwarc()
    with reaching(), connect("reader") as client:
        article = _article(client[database_name()], reference)
        states = kept_versions(client[database_name()], article)
    versions = list(with_pages(states))
    if every:
        with piped():
            _print_versions(versions, as_json=as_json)
        return
    if not versions:
        raise PageNotKept(
            f"no page of {one_line(article)} was kept; with NEWSCRAWL_KEEP_PAGES=1, crawls keep them"
        )
    if version > len(versions):
        raise UsageError(f"--version {version}: {len(versions)} are kept of {one_line(article)}; see --all")
    page = versions[version - 1].page
    assert page is not None
    found = kept_article(pages_folder(), page)
    with piped():
        sys.stdout.buffer.write(_bytes_of(found, part, headers=headers))
        sys.stdout.buffer.flush()


def _article(database: Database[Document], reference: str) -> str:
    """The id of the referenced post or reject. Raises NewscrawlError if there is none."""
    from newscrawl.read.post_references import filters_for

    filters = filters_for(reference)
    for wanted in filters:
        if post := database["posts"].find_one(wanted, {"_id": 1}):
            return str(post["_id"])
    for wanted in filters:
        by = {"post": wanted["_id"]} if "_id" in wanted else {"url": wanted["canonical_url"]}
        if reject := database["rejects"].find_one(by, {"post": 1}):
            return str(reject["post"])
    raise NewscrawlError(
        f"database {database.name} has neither a post nor a reject {one_line(reference)};"
        " newscrawl posts and newscrawl rejects list the ids"
    )


def _print_versions(versions: list[KeptVersion], *, as_json: bool) -> None:
    from newscrawl.warc.files import pages_folder
    from newscrawl.warc.page_reader import kept_article

    rows = []
    for number, version in enumerate(versions, 1):
        assert version.page is not None
        row: dict[str, Any] = {"version": number, **asdict(version), "parts": None, "missing": None}
        try:
            row["parts"] = len(kept_article(pages_folder(), version.page).answers)
        except PageNotKept as error:
            row["missing"] = str(error)
        rows.append(row)
    if as_json:
        typer.echo(json_text(rows, indent=2))
        return
    if not rows:
        typer.echo("no page is kept", err=True)
    for row in rows:
        kind = f"revision {row['revision']}" if row["revision"] else row["kind"]
        what = kind if row["kind"] != "reject" else f"reject: {one_line('; '.join(row['reasons']))}"
        parts = row["missing"] or (f"{row['parts']} pages" if row["parts"] != 1 else "1 page")
        where = f"{row['page']['file']} {row['page']['offset']}"
        typer.echo("\t".join((str(row["version"]), local_time(row["fetched"]), what, where, parts)))


def _bytes_of(found: KeptArticle, part: int, *, headers: bool) -> bytes:
    if not found.answers:
        if headers or part > 1:
            raise UsageError("this article was read from its list alone: no headers, no further pages")
        assert found.note is not None
        return json_text(found.note.entry.to_values(), indent=2).encode("utf-8", "replace") + b"\n"
    if part > len(found.answers):
        raise UsageError(f"--part {part}: the article has {len(found.answers)} pages")
    answer = found.answers[part - 1]
    if not headers:
        return answer.body
    lines = [f"HTTP {answer.status} {answer.url}", *(f"{name}: {value}" for name, value in answer.headers)]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("utf-8", "replace") + answer.body


def prune(
    older_than: Annotated[
        str | None, typer.Option(metavar="SPAN", help="Remove files older than this: 90d.")
    ] = None,
    max_size: Annotated[
        str | None,
        typer.Option(metavar="SIZE", help="Remove the oldest until this total size is reached: 50GB."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only list what would be removed.")] = False,
) -> None:
    """Remove the oldest files of kept pages.

    Their posts stay, but cannot be reread. A file that a crawl is writing to is never removed.
    """
    from newscrawl.store.leases import holding_pages
    from newscrawl.text.times import parse_span
    from newscrawl.warc.files import pages_folder
    from newscrawl.warc.page_folder import choose_oldest, remove_files, take_stock

    if older_than is None and max_size is None:
        raise UsageError("say what to remove: --older-than 90d, --max-size 50GB, or both")
    before = None
    if older_than is not None:
        before = (datetime.now(UTC) - parse_span("--older-than", older_than)).date()
    limit = parse_size("--max-size", max_size) if max_size is not None else None
    files = take_stock(pages_folder())
    chosen = choose_oldest(files, before=before, max_size=limit)
    posts = _references([file.path.name for file in chosen]) or {}
    removed, freed, kept = 0, 0, 0
    outcomes = ((file, None) for file in chosen) if dry_run else remove_files(chosen, holding_pages())
    for file, why in outcomes:
        of = f"{size_text(file.size)}, {posts.get(file.path.name, 0):,} posts refer to it"
        if why is None:
            removed, freed = removed + 1, freed + file.size
            typer.echo(f"{file.path.name}: {of}")
        else:
            kept += 1
            typer.echo(f"newscrawl: {file.path.name} stays: {why}", err=True)
    done = "would be removed" if dry_run else "removed"
    left = sum(file.size for file in files) - freed
    what = counted(removed, "file")
    typer.echo(f"{what}, {size_text(freed)}, {done}; {len(files) - removed} stay, {size_text(left)}")
    if limit is not None and left > limit:
        typer.echo(f"newscrawl: more than {max_size} stay, because crawls or rereads use them", err=True)
    if kept:
        raise typer.Exit(1)


def parse_size(name: str, text: str) -> int:
    """Bytes of `50GB`, `500 MB`; units of 1000. Raises UsageError."""
    match = _SIZE.fullmatch(text.strip())
    if match is None:
        raise UsageError(f"invalid {name} {text!r}; write it as 50GB or 500MB")
    unit = match[2].upper()
    return int(float(match[1]) * _UNITS[unit if unit in _UNITS else unit + "B"])


def verify(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Read all files of kept pages and check every record.

    Lists each damaged or truncated part with file and offset. Exits 1 if there is any.
    """
    from newscrawl.warc.files import pages_folder
    from newscrawl.warc.verify import Verified
    from newscrawl.warc.verify import verify as faults_of

    done, faults = Verified(), []
    for fault in faults_of(pages_folder(), done):
        faults.append(fault)
        if not as_json:
            typer.echo(one_line(str(fault)))
    if as_json:
        typer.echo(json_text({**asdict(done), "faults": [asdict(fault) for fault in faults]}, indent=2))
    else:
        whole = "all whole" if not faults else counted(len(faults), "fault")
        read = f"{counted(done.files, 'file')}, {counted(done.records, 'record')}, {size_text(done.size)}"
        typer.echo(f"{read}: {whole}")
    if faults:
        raise typer.Exit(1)
