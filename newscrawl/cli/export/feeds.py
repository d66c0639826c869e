"""newscrawl export atom, rss, jsonfeed"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from newscrawl.cli.export.output import Target, is_stream, streamed, tell
from newscrawl.cli.output import piped
from newscrawl.cli.post_filters import PostSelection, choosing

if TYPE_CHECKING:
    from newscrawl.export.feeds import FeedInfo

LIMIT = 50  #: posts of a feed
MOST = 1000  #: a feed is held in memory, here and by who reads it

Title = Annotated[str | None, typer.Option("--title", help="The feed's title; else what was asked for.")]
Self = Annotated[
    str | None, typer.Option("--self", metavar="ADDRESS", help="Where the feed itself will be read.")
]
Home = Annotated[
    str | None,
    typer.Option(
        "--home",
        metavar="ADDRESS",
        envvar="NEWSCRAWL_SITE",
        show_envvar=True,
        help="The page that the feed belongs to.",
    ),
]


@choosing(limit=LIMIT, most=MOST)
def export_atom(
    target: Target, chosen: PostSelection, title: Title = None, address: Self = None, home: Home = None
) -> None:
    """Write the newest posts as an Atom feed.

    Each has its whole text. FILE appears whole or not at all.
    """
    _write("atom", target, chosen, (title, address, home))


@choosing(limit=LIMIT, most=MOST)
def export_rss(
    target: Target, chosen: PostSelection, title: Title = None, address: Self = None, home: Home = None
) -> None:
    """Write the newest posts as an RSS 2.0 feed.

    Each has its whole text. FILE appears whole or not at all.
    """
    _write("rss", target, chosen, (title, address, home))


@choosing(limit=LIMIT, most=MOST)
def export_jsonfeed(
    target: Target, chosen: PostSelection, title: Title = None, address: Self = None, home: Home = None
) -> None:
    """Write the newest posts as a JSON Feed 1.1.

    Each has its whole text. FILE appears whole or not at all.
    """
    _write("jsonfeed", target, chosen, (title, address, home))


def _write(
    form: str, target: Path, chosen: PostSelection, said: tuple[str | None, str | None, str | None]
) -> None:
    from newscrawl.export.atomic_write import write_whole
    from newscrawl.export.feeds import WRITERS
    from newscrawl.read import Posts

    info = _info(chosen, *said)
    with Posts.connect() as posts, piped():
        found = list(posts.find(chosen.query))
        feed = WRITERS[form](found, info)
        if is_stream(target):
            with streamed(target) as out:
                out.write(feed)
        else:
            write_whole(target.resolve(), feed)
        tell(posts, len(found), target)


def _info(chosen: PostSelection, title: str | None, address: str | None, home: str | None) -> FeedInfo:
    """Raises UsageError for what is no address."""
    from newscrawl.export.feeds import FeedInfo
    from newscrawl.export.jekyll.post_file import DEFAULT_SITE

    wanted = " ".join(word for name, word in chosen.words.items() if name != "limit")
    return FeedInfo(
        title=title or (f"newscrawl: {wanted}" if wanted else "newscrawl"),
        home=_page("--home", home or DEFAULT_SITE),
        address=_page("--self", address) if address else None,
    )


def _page(option: str, address: str) -> str:
    from newscrawl.errors import UsageError
    from newscrawl.export.feed_text import web

    written = f"https:{address}" if address.startswith("//") else address
    found = web(written if written.count("/") > 2 else f"{written}/")
    if found is None:
        raise UsageError(f"{option} {address!r} is no address; write https://news.example.com/feed.xml")
    return found
