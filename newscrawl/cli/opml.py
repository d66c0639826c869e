"""newscrawl sources import, newscrawl export opml"""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from newscrawl.cli.export.target import Target, is_stream, streamed
from newscrawl.cli.output import counted, ignoring_closed_pipe, json_text, one_line
from newscrawl.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newscrawl.crawl.spider import NewsSpider
    from newscrawl.devtools.import_feeds import Import
    from newscrawl.discovery.opml import OpmlFeed


def import_opml(
    file: Annotated[Path, typer.Argument(metavar="FILE|-", help="OPML file; - for standard input.")],
    folder: Annotated[
        Path | None, typer.Option(help="Folder of the spiders; by default the project's spiders/.")
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace tables that were edited by hand, too.")
    ] = False,
    remove: Annotated[
        bool, typer.Option("--remove", help="Remove feeds of earlier imports that FILE does not have.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print what would be done; write nothing.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print what was done as JSON.")] = False,
) -> None:
    """Declare the feeds of an OPML file, as feed readers export it.

    They are written to feeds.toml in the folder of the spiders. Importing again updates them, and reports
    what is new, changed and gone. Exits 1 if a feed of FILE was left out.
    """
    from newscrawl.crawl.spider_loader import FEEDS, project_place
    from newscrawl.devtools.import_feeds import Wanted, import_feeds
    from newscrawl.discovery.opml import read_opml
    from newscrawl.export.atomic_write import write_whole

    folder = project_place(folder, "spiders")
    try:
        opml = read_opml(_read(file))
    except UsageError as error:
        raise UsageError(f"{file}: {error}; nothing was imported") from None
    target = folder / FEEDS
    done = import_feeds(opml, target, _spiders(), Wanted(overwrite=overwrite, remove=remove))
    if not dry_run and (done.new or done.changed or done.removed):
        write_whole(target, done.text.encode())
    with ignoring_closed_pipe():
        _report(done, target, dry_run=dry_run, as_json=as_json)
    for line in done.left_out:
        typer.echo(f"newscrawl: {file}: {one_line(line)}", err=True)
    if done.left_out:
        raise typer.Exit(1)


def export_opml(target: Target = Path("-")) -> None:
    """Write the feeds of all sources as OPML, for feed readers.

    FILE is replaced only once the OPML is complete. Sources without a feed are not in it.
    """
    from datetime import UTC, datetime

    from newscrawl.crawl.runner import sound_spiders
    from newscrawl.discovery.opml import write_opml
    from newscrawl.export.atomic_write import write_whole

    feeds = [feed for kind in sound_spiders() for feed in _feeds(kind)]
    text = write_opml(feeds, "newscrawl sources", datetime.now(UTC))
    if is_stream(target):
        with streamed(target) as out:
            out.write(text)
    else:
        write_whole(target.resolve(), text)
    typer.echo(f"{counted(len(feeds), 'feed')} written to {target}", err=is_stream(target))


def _read(file: Path) -> bytes:
    if file == Path("-"):
        return sys.stdin.buffer.read()
    try:
        return file.read_bytes()
    except OSError as error:
        raise UsageError(f"cannot be read ({error.strerror})") from None


def _spiders() -> dict[str, list[str]]:
    """The spiders of files, with the addresses of their lists."""
    from newscrawl.crawl.declared_feeds import FeedSpider
    from newscrawl.crawl.runner import sound_spiders

    kinds = [kind for kind in sound_spiders() if not issubclass(kind, FeedSpider)]
    return {kind.name: [each.url for each in kind.source.lists] for kind in kinds}


def _feeds(kind: type[NewsSpider]) -> Iterator[OpmlFeed]:
    """The feeds that a spider declares. Several of one source are in a folder of its title."""
    from newscrawl.crawl.declared_feeds import UNKNOWN, FeedSpider
    from newscrawl.discovery.opml import OpmlFeed
    from newscrawl.model.source import Feed

    source = kind.source
    feeds = [each for each in source.lists if isinstance(each, Feed)]
    language = None if source.language == UNKNOWN else source.language
    if issubclass(kind, FeedSpider):
        table = kind.table
        yield OpmlFeed(
            url=feeds[0].url,
            title=source.title,
            home=table.get("home"),
            language=language,
            folders=tuple(tuple(path) for path in table.get("folders", [[]])),
            categories=tuple(table.get("categories", ())),
            name=kind.name,
        )
        return
    for each in feeds:
        several = len(feeds) > 1
        yield OpmlFeed(
            url=each.url,
            title=f"{source.title} {each.column}" if several and each.column else source.title,
            home=f"https://{source.domain}/",
            language=language,
            folders=((source.title,) if several else (),),
            categories=(each.column,) if each.column else (),
            name=kind.name if not several else None,
        )


def _report(done: Import, target: Path, *, dry_run: bool, as_json: bool) -> None:
    if as_json:
        told: dict[str, Any] = asdict(done)
        told.pop("text")
        typer.echo(json_text(told | {"file": str(target), "written": not dry_run}, indent=2))
        return
    for mark, lines in (("new", done.new), ("changed", done.changed), ("kept", done.kept)):
        for line in lines:
            typer.echo(f"{mark:<8} {one_line(line)}")
    for line in done.gone:
        typer.echo(f"{'removed' if done.removed else 'gone':<8} {one_line(line)}")
    counts = [f"{len(done.new)} new", f"{len(done.changed)} changed", f"{done.unchanged} unchanged"]
    counts += [f"{len(done.kept)} kept as they are"] if done.kept else []
    counts += [f"{len(done.gone)} {'removed' if done.removed else 'gone'}"] if done.gone else []
    typer.echo(f"{target}{' (not written)' if dry_run else ''}: {', '.join(counts)}")
    if done.gone and not done.removed:
        typer.echo("those gone are still crawled; --remove removes them", err=True)
    if done.new and not dry_run:
        typer.echo("newscrawl check NAME tests one, newscrawl crawl NAME crawls it", err=True)
