"""newscrawl try"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from newscrawl.cli.output import ignoring_closed_pipe
from newscrawl.errors import UsageError
from newscrawl.text.urls import check_address

if TYPE_CHECKING:
    from newscrawl.devtools.try_page import Trial
    from newscrawl.model.post import Post


def register(app: typer.Typer) -> None:
    app.command("try")(try_page)


def try_page(
    page: Annotated[str, typer.Argument(metavar="URL|FILE", help="Address of a page, or a saved page.")],
    url: Annotated[str | None, typer.Option(help="Address that the saved page came from.")] = None,
    spider: Annotated[str | None, typer.Option(help="Spider whose declarations to use.")] = None,
    newsroom: Annotated[
        str | None, typer.Option(metavar="URL", help="Fetch from this newsroom instead of the web.")
    ] = None,
    render: Annotated[
        bool | None,
        typer.Option(
            "--render/--no-render", help="Render the page in a browser; by default, as its source declares."
        ),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the post, or why it is rejected, as JSON.")
    ] = False,
) -> None:
    """Read one page and show each field with the rule that found it.

    Shows what would be stored, or why the page would be rejected. Writes nothing. Exits 1 if the page would
    be rejected.
    """
    from newscrawl.cli.crawl import replica_settings
    from newscrawl.devtools.try_page import fetch, is_address, read_file, read_trial, spider_for, unknown_site

    if spider:
        spider_for("", spider)  # report an unknown name before fetching
    if is_address(page):
        overrides = replica_settings(newsroom) | {"LOG_LEVEL": "ERROR"}
        if render is not None:
            overrides["NEWSCRAWL_RENDER"] = "always" if render else "never"
        kind = spider_for(check_address(page), spider)
        fetched = fetch(page, overrides, kind.source if kind else unknown_site(page))
    elif render:
        raise UsageError("--render needs an address, but the page is a file; leave it out")
    else:
        fetched = read_file(page, url)
    trial = read_trial(fetched, spider_for(fetched.url, spider))
    with ignoring_closed_pipe():
        typer.echo(json.dumps(_document(trial), ensure_ascii=False, indent=2) if as_json else _report(trial))
    if trial.post is None:
        raise typer.Exit(1)


def _document(trial: Trial) -> dict[str, Any]:
    post = trial.post.to_document() if trial.post else None
    return {
        "url": trial.url,
        "spider": trial.spider,
        "page_version": trial.page_version,
        "would": "store" if post else "reject",
        "reasons": list(trial.reasons),
        "origins": trial.origins,
        "post": json.loads(json.dumps(post, default=str, ensure_ascii=False)),
    }


def _report(trial: Trial) -> str:
    layout = f"page layout {trial.page_version}" if trial.page_version else "no declared page layout"
    with_what = f"{trial.spider}, {layout}" if trial.spider else "no declarations"
    lines = [f"{trial.url}", f"read with {with_what}", ""]
    if trial.post:
        width = max(len(name) for name, _ in _fields(trial.post))
        for name, value in _fields(trial.post):
            rule = trial.origins.get(name.split(".")[0])
            lines.append(f"{name:<{width}}  {value}" + (f"   [{rule}]" if rule else ""))
        lines += ["", f"would be stored as {trial.post.id}"]
    else:
        lines += [f"{name}: [{rule}]" for name, rule in trial.origins.items()]
        lines += ["would be rejected: " + ", ".join(trial.reasons)]
    return "\n".join(lines)


def _fields(post: Post) -> list[tuple[str, str]]:
    """The fields to show, one per line."""
    info, source = post.date_info, post.source
    assumed = f", assumed {', '.join(info.assumed)}" if info.assumed else ""
    exactness = f"{info.precision}, {info.offset}{assumed}"
    securities = (f"{s.market}.{s.code} {s.name or ''}".strip() for s in post.securities)
    text = post.body.text.replace("\n", " ")
    return [
        ("title", post.title),
        (
            "date",
            f"{post.date:%Y-%m-%d %H:%M:%S}Z from {info.raw!r} ({exactness})",
        ),
        ("source", f"{source.name} ({source.slug}) from {source.raw!r}" if source else "nobody"),
        ("authors", "、".join(post.authors) or "nobody"),
        ("editors", "、".join(post.editors) or "nobody"),
        ("categories", ", ".join(post.categories)),
        ("tags", ", ".join(post.tags)),
        ("digest", post.digest or "none"),
        ("body", f"{post.body.chars} characters: {text[:80]}{'…' if len(text) > 80 else ''}"),
        ("images", str(len(post.body.images))),
        (
            "securities",
            ", ".join(securities) or "none",
        ),
        ("url", post.canonical_url),
    ]
