"""newscrawl outlets"""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer


def register(app: typer.Typer) -> None:
    app.command("outlets")(outlets)


def outlets(
    known: Annotated[bool, typer.Option("--known", help="List the registered outlets instead.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON array of the outlets.")] = False,
) -> None:
    """List outlets of stored posts that are not registered.

    The registry is outlets.toml. Outlets with the most posts come first.
    """
    from newscrawl.read import Posts
    from newscrawl.text.outlets import known_outlets, outlet_named

    with Posts.connect() as posts:
        counts = posts.outlets()
    rows: list[dict[str, Any]]
    if known:
        by_slug = {count.slug: count.posts for count in counts}
        rows = [
            {
                "outlet": outlet.name,
                "slug": outlet.slug,
                "posts": by_slug.get(outlet.slug, 0),
                "kind": outlet.kind,
            }
            for outlet in known_outlets()
        ]
    else:
        unknown = [count for count in counts if count.name and outlet_named(count.name) is None]
        rows = [{"outlet": count.name, "slug": count.slug, "posts": count.posts} for count in unknown]
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    for row in rows:
        typer.echo(f"{row['posts']:>7}  {row['slug']:<36} {row['outlet']}")
    if not rows:
        typer.echo("no posts yet" if not counts else "every outlet in the database is registered")
