"""newscrawl export atom, rss, jsonfeed"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from newscrawl.cli.export.target import Target, is_stream, report_written, streamed
from newscrawl.cli.output import piped
from newscrawl.cli.post_filters import PostSelection, selects_posts

if TYPE_CHECKING:
    from newscrawl.export.feeds import FeedInfo

LIMIT = 50  #: default number of posts in a feed

Title = Annotated[
    str | None,
    typer.Option("--title", help="Title of the feed; by default, the options that select its posts."),
]
Self = Annotated[
    str | None, typer.Option("--self", metavar="ADDRESS", help="Address at which the feed will be published.")
]
Home = Annotated[
    str | None,
    typer.Option(
        "--home",
        metavar="ADDRESS",
        envvar="NEWSCRAWL_SITE",
        show_envvar=True,
        help="Address of the page that the feed belongs to.",
    ),
]


@selects_posts(LIMIT, bounded=True)
def export_atom(
    target: Target,
    title: Title = None,
    address: Self = None,
    home: Home = None,
    *,
    chosen: PostSelection,
) -> None:
    """Write the newest posts as an Atom feed.

    Each entry has the full text. FILE is replaced only once the feed is complete.
    """
    _write("atom", target, chosen, (title, address, home))


@selects_posts(LIMIT, bounded=True)
def export_rss(
    target: Target,
    title: Title = None,
    address: Self = None,
    home: Home = None,
    *,
    chosen: PostSelection,
) -> None:
    """Write the newest posts as an RSS 2.0 feed.

    Each entry has the full text. FILE is replaced only once the feed is complete.
    """
    _write("rss", target, chosen, (title, address, home))


@selects_posts(LIMIT, bounded=True)
def export_jsonfeed(
    target: Target,
    title: Title = None,
    address: Self = None,
    home: Home = None,
    *,
    chosen: PostSelection,
) -> None:
    """Write the newest posts as a JSON Feed 1.1.

    Each entry has the full text. FILE is replaced only once the feed is complete.
    """
    _write("jsonfeed", target, chosen, (title, address, home))


def _write(
    form: str, target: Path, chosen: PostSelection, about: tuple[str | None, str | None, str | None]
) -> None:
    from newscrawl.export.atomic_write import write_whole
    from newscrawl.export.feeds import WRITERS
    from newscrawl.read import Posts

    info = _info(chosen, *about)
    with Posts.connect() as posts, piped():
        found = list(posts.find(chosen.query))
        feed = WRITERS[form](found, info)
        if is_stream(target):
            with streamed(target) as out:
                out.write(feed)
        else:
            write_whole(target.resolve(), feed)
        report_written(posts, len(found), target)


def _info(chosen: PostSelection, title: str | None, address: str | None, home: str | None) -> FeedInfo:
    """The feed's metadata. Raises UsageError for an invalid address."""
    from newscrawl.export.feeds import FeedInfo
    from newscrawl.export.jekyll.post_file import DEFAULT_SITE

    options = " ".join(word for name, word in chosen.words.items() if name != "limit")
    return FeedInfo(
        title=title or (f"newscrawl: {options}" if options else "newscrawl"),
        home=_page("--home", home or DEFAULT_SITE),
        address=_page("--self", address) if address else None,
    )


def _page(option: str, address: str) -> str:
    from newscrawl.errors import UsageError
    from newscrawl.export.feed_text import web

    written = f"https:{address}" if address.startswith("//") else address
    found = web(written if written.count("/") > 2 else f"{written}/")
    if found is None:
        raise UsageError(
            f"{option} {address!r} is not a valid address; write it as https://news.example.com/feed.xml"
        )
    return found
