"""newscrawl show: one post and its history."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Annotated

import typer

from newscrawl.cli.output import console, json_text, lines, local_time, one_line, piped
from newscrawl.errors import NewscrawlError
from newscrawl.model.rights import summary_of

if TYPE_CHECKING:
    from rich.console import Console

    from newscrawl.model.post import Post
    from newscrawl.read.diff import DiffPiece

_STYLES = {"gone": "red strike", "new": "green", "skipped": "dim"}
_PLAIN = {"same": "{}", "gone": "[-{}-]", "new": "{{+{}+}}"}


def register(app: typer.Typer) -> None:
    app.command("show")(show)


def show(
    reference: Annotated[
        str, typer.Argument(metavar="ID|URL", help="Id of the post, its 18 digits, or its address.")
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print the post as it is stored.")] = False,
    history: Annotated[bool, typer.Option("--history", help="Show what changed, and when.")] = False,
) -> None:
    """Show one full post. Exits 1 if there is no such post."""
    from newscrawl.read import Posts

    with Posts.connect() as database, piped():
        post = database.get(reference)
        if post is None:
            raise NewscrawlError(
                f"database {database.name} has no post {one_line(reference)}; newscrawl posts lists the ids"
            )
        earlier = database.revisions(post.id) if history else []
        if as_json:
            document = post.to_document()
            states = [state.to_document() for state in earlier]
            typer.echo(json_text({"post": document, "revisions": states} if history else document, indent=2))
            return
        typer.echo(_page(post))
        if history:
            _print_history([*earlier, post])


def _page(post: Post) -> str:
    """A post as readable text: its fields, then its body."""
    shown = [(name, one_line(value)) for name, value in _fields(post) if value]
    width = max(len(name) for name, _ in shown)
    head = "\n".join(f"{name:<{width}}  {value}" for name, value in shown)
    return f"{one_line(post.title)}\n\n{head}\n\n{lines(post.body.text)}"


def _fields(post: Post) -> list[tuple[str, str]]:
    info, crawl = post.date_info, post.crawl
    assumed = f", {' and '.join(info.assumed)} assumed" if info.assumed else ""
    securities = (f"{s.market}.{s.code} {s.name or ''}".strip() for s in post.securities)
    changed = f", changed {local_time(post.updated)}" if post.updated and post.revision > 1 else ""
    return [
        ("id", post.id),
        (
            "date",
            f"{local_time(post.date)} (source: {info.raw}, {info.offset}, to the {info.precision}{assumed})",
        ),
        ("outlet", f"{post.source.name} ({post.source.raw})" if post.source else ""),
        ("authors", "、".join(post.authors)),
        ("editors", "、".join(post.editors)),
        ("categories", ", ".join(post.categories)),
        ("tags", ", ".join(post.tags)),
        ("securities", ", ".join(securities)),
        ("digest", post.digest or ""),
        ("link", post.share_url),
        ("pictures", str(len(post.body.images) or "")),
        ("withdrawn", _withdrawal(post)),
        *_rights(post),
        ("revision", f"{post.revision}{changed}"),
        ("crawled", f"{local_time(crawl.fetched)} by {crawl.spider}"),
    ]


def _rights(post: Post) -> list[tuple[str, str]]:
    """What its source says of its use, and where."""
    if (rights := post.rights) is None:
        return [("rights", "not read: the post was stored before rights were")]
    said = "; ".join(
        f"{one.place} {one.signal}: {one.value}" for one in rights.statements if one.means is not None
    )
    return [
        ("rights", summary_of(rights)),
        ("copyright", rights.copyright or ""),
        ("reprints", rights.reprint or ""),
        ("said in", said),
        ("looked at", ", ".join(rights.looked)),
    ]


def _withdrawal(post: Post) -> str:
    """When and with which HTTP status its source withdrew it; empty if it did not."""
    if (gone := post.withdrawn) is None:
        return ""
    until = f", back since {local_time(gone.until)}" if gone.until else ""
    how = f"HTTP {gone.status}, last found gone {local_time(gone.seen)}"
    return f"since {local_time(gone.since)} ({how}){until}"


def _print_history(states: list[Post]) -> None:
    """The changes between versions, latest first."""
    from newscrawl.read.diff import changes

    output = console(highlight=False, soft_wrap=True)
    if len(states) == 1:
        typer.echo("\nThe post has not changed since it was stored.")
    for old, new in reversed(list(pairwise(states))):
        number = f"revision {new.revision}" if new.revision else "a version stored late"
        typer.echo(f"\n--- {number}, fetched {local_time(new.crawl.fetched)}")
        for change in changes(old, new):
            typer.echo(f"\n{change.field}:")
            _print_pieces(output, change.pieces)


def _print_pieces(output: Console, pieces: list[DiffPiece]) -> None:
    """In colour on a terminal, with [-marks-] and {+marks+} elsewhere."""
    from rich.text import Text

    line = Text()
    for kind, text in pieces:
        shown = "…" if kind == "skipped" else _clean(text)
        if output.is_terminal or kind == "skipped":
            line.append(shown, _STYLES.get(kind))
        else:
            line.append(_PLAIN[kind].format(shown))
    output.print(line, end="" if line.plain.endswith("\n") else "\n")


def _clean(text: str) -> str:
    """Without control characters; spaces and line breaks stay."""
    return "\n".join("".join(c for c in line if c == " " or one_line(c)) for line in text.split("\n"))
