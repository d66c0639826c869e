"""newscrawl init, sources, new, freeze, check"""

from __future__ import annotations

import json
import keyword
import re
import shlex
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from newscrawl.cli import opml
from newscrawl.cli.output import ignoring_closed_pipe
from newscrawl.errors import NewscrawlError, UsageError

if TYPE_CHECKING:
    from newscrawl.crawl.spider import NewsSpider
    from newscrawl.devtools.check_spider import Report
    from newscrawl.model.seen import Seen


def register(app: typer.Typer) -> None:
    app.command("init")(init)
    group = typer.Typer(
        cls=_Sources,
        help=_SOURCES,
        no_args_is_help=False,
    )
    group.command(_LIST, hidden=True)(sources)
    group.command("import")(opml.import_opml)
    app.add_typer(group, name="sources")
    app.command("new")(new)
    app.command("freeze")(freeze)
    app.command("check")(check)


def init(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Folder of the project; . for this one.")],
) -> None:
    """Start a project of your own: settings, spiders, jobs, tests.

    Nothing that exists is overwritten.
    """
    from newscrawl.devtools.new_project import write_project

    for path in write_project(folder):
        typer.echo(path)
    steps = [] if folder == Path() else [f"cd {shlex.quote(str(folder))}"]
    steps += ["newscrawl sources", "newscrawl new NAME URL", "newscrawl crawl NAME --limit 20 --dry-run"]
    typer.echo("Next:")
    for step in steps:
        typer.echo(f"  {step}")


_SOURCES = """List the spiders, with site, arguments and evidence.

With NAME, show what that one declares. --json prints a JSON array; with NAME, one object. Evidence that is
more than a year old is marked. Exits 1 if a spider file is invalid.
"""
_LIST = "[NAME] [--json]"  # no spider has this name


class _Sources(TyperGroup):
    """`sources`, `sources NAME`, and `sources import`, which is no spider's name: a Python keyword."""

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        return ["[NAME] [--json] | import FILE"]

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        own = args[:1] in (["import"], ["-h"], ["--help"])
        return super().parse_args(ctx, args if own else [_LIST, *args])


def sources(
    name: Annotated[
        str | None, typer.Argument(metavar="NAME", help="Show what this spider declares instead.")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print a JSON array of the spiders; with NAME, one object.")
    ] = False,
) -> None:
    """List the spiders, with site, arguments and evidence.

    Evidence that is more than a year old is marked. Exits 1 if a spider file is invalid.
    """
    from newscrawl.crawl.runner import spider_class, spider_names

    if name is not None:
        _show_source(spider_class(name), as_json=as_json)
        return
    rows: list[dict[str, Any]] = []
    faults = []
    for each in spider_names():
        try:
            kind = spider_class(each)
        except UsageError as error:
            faults.append(error)
            continue
        takes = sorted({"since", "limit"} | kind.own_arguments)
        row: dict[str, Any] = {"spider": each, "site": kind.source.title, "domain": kind.source.domain}
        lists = [one.url for one in kind.source.lists if getattr(one, "render", False)]
        row |= {"takes": takes, "render": kind.source.render, "rendered_lists": lists}
        rows.append(row | {"seen": _seen(kind.source.seen)})
    with ignoring_closed_pipe():
        if as_json:
            typer.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        else:
            for row in rows:
                typer.echo(_row(row))
    for fault in faults:
        typer.echo(f"newscrawl: {fault}", err=True)
    if faults:
        raise typer.Exit(1)


def _show_source(kind: type[NewsSpider], *, as_json: bool) -> None:
    """A spider's declarations, and whether its pages are kept."""
    from newscrawl.crawl.runner import project_settings
    from newscrawl.model.crawl_settings import NAMES, text_of
    from newscrawl.model.crawl_settings import shown as shown_settings

    source = kind.source
    keeps = project_settings().getbool("NEWSCRAWL_KEEP_PAGES")
    shown: dict[str, Any] = {
        "spider": kind.name,
        "site": source.title,
        "domains": [source.domain, *source.domains],
        "takes": sorted({"since", "limit"} | kind.own_arguments),
        "language": source.language,
        "zone": source.zone,
        "outlet": source.outlet,
        "lists": [each.url for each in source.lists],
        "layouts": [layout.name for layout in source.layouts],
        "revisit": str(source.revisit),
        "render": source.render,
        "seen": _seen(source.seen),
        "keep_pages": keeps if source.keep_pages is None else source.keep_pages,
        "keep_pages_by": "NEWSCRAWL_KEEP_PAGES" if source.keep_pages is None else "the source",
        **shown_settings(source.crawl_settings),
    }
    with ignoring_closed_pipe():
        if as_json:
            typer.echo(json.dumps(shown, ensure_ascii=False, indent=2))
            return
        shown["seen"] = f"{source.seen.when} ({source.seen.how})" if source.seen else None
        by = shown.pop("keep_pages_by")
        shown["keep_pages"] = f"{'yes' if shown['keep_pages'] else 'no'}, by {by}"
        shown |= {name: text_of(name, shown[name]) for name in NAMES if name in shown}
        for label, value in shown.items():
            lines = [line for line in (value if isinstance(value, list) else [value]) if line]
            for number, line in enumerate(lines):
                typer.echo(f"{label if number == 0 else '':<12}{line}")


def _seen(seen: Seen | None) -> dict[str, Any] | None:
    if seen is None:
        return None
    return {"when": seen.when, "how": seen.how, "old": seen.is_old(datetime.now(UTC).date())}


def _row(row: dict[str, Any]) -> str:
    line = f"{row['spider']:<20} {row['site']}  {row['domain']}  takes {', '.join(row['takes'])}"
    if row["render"] != "never":
        line += f"  renders {'every page' if row['render'] == 'always' else 'empty pages'}"
    if lists := row["rendered_lists"]:
        line += f"  renders {len(lists)} list{'' if len(lists) == 1 else 's'}"
    if (seen := row["seen"]) is None:
        return line
    old = ", more than a year ago" if seen["old"] else ""
    return f"{line}  seen {seen['when']}{old} ({seen['how']})"


def freeze(
    spider: Annotated[str, typer.Argument(metavar="SPIDER")],
    page: Annotated[str, typer.Argument(metavar="URL|FILE", help="Address of a page, or a saved page.")],
    url: Annotated[str | None, typer.Option(help="Address that the saved page came from.")] = None,
    fetched: Annotated[
        str | None,
        typer.Option(metavar="MOMENT", help="When the page was fetched; by default, now."),
    ] = None,
    listed: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=VALUE", help="Value from the list page: title, date, outlet, digest."),
    ] = None,
    folder: Annotated[
        Path | None, typer.Option(help="Folder for the frozen pages; by default the project's tests/pages.")
    ] = None,
    newsroom: Annotated[
        str | None, typer.Option(metavar="URL", help="Fetch from this newsroom instead of the web.")
    ] = None,
) -> None:
    """Save a page and the fields extracted from it as a test.

    The tests then catch changes in what the spider extracts.
    """
    from newscrawl.cli.crawl import pairs, replica_settings
    from newscrawl.crawl.runner import spider_class
    from newscrawl.crawl.spider_loader import project_place
    from newscrawl.devtools.fixtures import write_frozen
    from newscrawl.devtools.try_page import fetch, is_address, read_file

    kind = spider_class(spider)
    at = _moment(fetched)
    folder = project_place(folder, "tests/pages")
    if is_address(page):
        overrides = replica_settings(newsroom)
        got = fetch(page, overrides | {"LOG_LEVEL": "ERROR"}, kind.source)
    else:
        got = read_file(page, url)
    listed_values = pairs(listed, "--listed date=2026-03-08")
    if unknown := listed_values.keys() - {"title", "date", "outlet", "digest"}:
        raise UsageError(f"invalid --listed {min(unknown)!r}; use title, date, outlet or digest")
    if got.status and got.status >= 400:
        raise NewscrawlError(f"{got.url} responded with HTTP {got.status}; nothing was saved")
    note = write_frozen(folder, kind, got, at, listed_values)
    said = json.loads(note.read_text(encoding="utf-8"))["gives"]
    with ignoring_closed_pipe():
        typer.echo(json.dumps(said, ensure_ascii=False, indent=1))
    typer.echo(f"{note.with_suffix('.html')} and {note} written; read them, then commit both", err=True)
    if "rejected" in said:
        typer.echo(f"newscrawl: this page cannot become a post: {', '.join(said['rejected'])}", err=True)
        raise typer.Exit(1)


def new(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name of the spider: a-z, 0-9 and _.")],
    url: Annotated[str, typer.Argument(metavar="URL", help="The site's home page.")],
    folder: Annotated[
        Path | None, typer.Option(help="Folder of the spiders; by default the project's spiders/.")
    ] = None,
    newsroom: Annotated[
        str | None, typer.Option(metavar="URL", help="Fetch from this newsroom instead of the web.")
    ] = None,
) -> None:
    """Write a first draft of a spider for a site.

    Reads the home page, the lists linked there, and one article.
    """
    from newscrawl.cli.crawl import replica_settings
    from newscrawl.crawl.spider_loader import project_place
    from newscrawl.devtools.scan_site import Scout
    from newscrawl.devtools.try_page import fetch_on
    from newscrawl.text.urls import check_address

    folder = project_place(folder, "spiders")
    file = folder / f"{name}.py"
    if keyword.iskeyword(name):
        raise UsageError(f"invalid spider name {name!r}: it is a Python keyword; choose another")
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise UsageError(f"invalid spider name {name!r}; use a-z, 0-9 and _, starting with a letter")
    check_address(url)
    if file.exists():
        raise UsageError(f"{file} already exists; choose another name, or remove it")
    overrides = replica_settings(newsroom) | {"LOG_LEVEL": "ERROR"}
    scout = Scout()
    fetch_on(url, overrides, scout.follow)
    text, read = scout.source_file(name, f"{datetime.now(UTC):%Y-%m-%d}")
    file.write_text(text, "utf-8")
    said = (
        f"read {read.canonical_url}: {read.title}"
        if read
        else "no article could be read, so every declaration is a guess"
    )
    typer.echo(said, err=True)
    for left_out, reason in scout.left_out.items():
        typer.echo(f"left out {left_out}: {reason}", err=True)
    typer.echo(f"{file} written. Review it, then:")
    typer.echo(f"  newscrawl check {name}                    # does it work?")
    typer.echo(f"  newscrawl freeze {name} ARTICLE-URL       # save a page for the tests")


def check(
    spider: Annotated[str, typer.Argument(metavar="SPIDER")],
    limit: Annotated[int, typer.Option(min=1, help="Number of articles to read.")] = 5,
    arguments: Annotated[
        list[str] | None,
        typer.Option("-a", metavar="NAME=VALUE", help="Argument for the spider; repeatable."),
    ] = None,
    newsroom: Annotated[
        str | None, typer.Option(metavar="URL", help="Fetch from this newsroom instead of the web.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Test a spider on its live site: lists, articles, fields.

    Obeys robots.txt and writes nothing. Exits 1 if something is wrong.
    """
    from newscrawl.cli.crawl import pairs, replica_settings, warn
    from newscrawl.devtools.check_spider import check_spider

    overrides = replica_settings(newsroom) | {"LOG_LEVEL": "CRITICAL"}
    given = pairs(arguments, "-a url=https://example.org") | {"limit": str(limit)}
    report = check_spider(spider, given, overrides)
    with ignoring_closed_pipe():
        typer.echo(
            json.dumps(asdict(report), ensure_ascii=False, indent=1) if as_json else _report_text(report)
        )
    if as_json:
        warn(spider, report.problems)
    if not report.good:
        raise typer.Exit(1)


def _report_text(report: Report) -> str:
    count = len(report.lists)
    lines = [f"{report.spider}: {count} list{'' if count == 1 else 's'} read"]
    lines += [f"  {entries:>5} articles  {url}" for url, entries in report.lists.items()]
    lines += [f"{report.read} articles requested, {len(report.posts)} would be stored"]
    lines += [f"  {post['date']}  {post['source']}  {post['title']}" for post in report.posts]
    lines += [f"  {count} rejected: {reason}" for reason, count in report.reasons.items()]
    filled = ", ".join(f"{name} {count}" for name, count in sorted(report.fields.items()))
    lines += [f"fields filled, of {len(report.posts)}: {filled or 'none'}"]
    lines += ["page layouts: " + ", ".join(f"{name} {count}" for name, count in report.versions.items())]
    lines += [f"robots.txt: {report.robots_refused} requests disallowed and not sent"]
    lines += [f"WRONG: {problem}" for problem in report.problems] or ["no problems found"]
    return "\n".join(lines)


def _moment(text: str | None) -> datetime:
    if text is None:
        return datetime.now(UTC).replace(microsecond=0)
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(f"invalid --fetched {text!r}; write it as 2026-03-08T12:00+08:00") from None
    return at if at.tzinfo else at.replace(tzinfo=UTC)
