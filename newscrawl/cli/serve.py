"""newscrawl serve: the reader's pages and the JSON API."""

from __future__ import annotations

import socket
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from newscrawl.errors import UsageError

if TYPE_CHECKING:
    from newscrawl.web.site import SiteOptions

LOOPBACK = "127.0.0.1"
ZONE = "Asia/Shanghai"


def register(app: typer.Typer) -> None:
    app.command("serve")(serve)


def serve(
    host: Annotated[
        str, typer.Option(metavar="ADDRESS", help="Who may come: loopback, this machine.")
    ] = LOOPBACK,
    port: Annotated[int, typer.Option(min=0, max=65535, help="0: any free one.")] = 8000,
    home_zone: Annotated[
        str, typer.Option(metavar="ZONE", help="Whose midnights part the archive's days.")
    ] = ZONE,
    title: Annotated[str | None, typer.Option(help="Of the pages, in the masthead.")] = None,
    address: Annotated[
        str | None,
        typer.Option(metavar="URL", help="Where readers find the pages, for feeds; behind a proxy."),
    ] = None,
) -> None:
    """Serve the posts as pages and as JSON, until Ctrl-C; reads only.

    docs/serving.md tells how to publish them.
    """
    check_installed()
    from newscrawl.web.server import listen

    site = site_of(home_zone, title, address)
    sock = listen(host, port)
    if host not in (LOOPBACK, "localhost", "::1"):
        typer.echo(
            f"newscrawl: {host} is no loopback: whoever reaches this machine can read the posts", err=True
        )
    run(sock, site)


def run(sock: socket.socket, site: SiteOptions) -> None:
    """Serves on a bound socket until a signal ends it, and says where."""
    from newscrawl.read import AsyncPosts
    from newscrawl.web.server import serve as serve_on

    serve_on(sock, AsyncPosts.connect, site, _tell)


def check_installed() -> None:
    """Raises UsageError where the extra `web` is not installed."""
    try:
        import jinja2
        import starlette
        import uvicorn
    except ImportError as error:
        raise UsageError(
            f"the pages need {error.name}, which is not installed; say: pip install 'newscrawl[web]'"
        ) from error
    del jinja2, starlette, uvicorn


def site_of(home_zone: str, title: str | None, address: str | None) -> SiteOptions:
    """The site of these options. Raises UsageError for a zone or an address that is none."""
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    from newscrawl.web.links import web_address
    from newscrawl.web.site import DEFAULT_TITLE, SiteOptions

    try:
        zone = ZoneInfo(home_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise UsageError(f"zone {home_zone!r} is not known; write it as Asia/Shanghai or UTC") from error
    if address is not None and (web_address(address) is None or "?" in address or "#" in address):
        raise UsageError(f"address {address!r} is none; write it as https://news.example.org")
    name = (title or "").strip() or DEFAULT_TITLE
    return SiteOptions(title=name, zone=zone, address=(address or "").rstrip("/"))


def _tell(address: str) -> None:
    typer.echo(f"pages: {address}  (Ctrl-C ends them)")
    sys.stdout.flush()
