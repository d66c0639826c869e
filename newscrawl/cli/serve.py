"""newscrawl serve: the reader's pages and the JSON API."""

from __future__ import annotations

import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from newscrawl.cli.logs import LogFormat, Metrics, complain, set_log_format
from newscrawl.errors import DatabaseUnavailable, UsageError
from newscrawl.text.printable import printable

if TYPE_CHECKING:
    from newscrawl.web.site_options import SiteOptions

LOOPBACK = "127.0.0.1"
ZONE = "Asia/Shanghai"
AUTO = "auto"


def register(app: typer.Typer) -> None:
    app.command("serve")(serve)


def serve(
    host: Annotated[
        str,
        typer.Option(metavar="ADDRESS", help="Interface to listen on; 127.0.0.1 for local connections only."),
    ] = LOOPBACK,
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port to listen on; 0 for any free port.")
    ] = 8000,
    home_zone: Annotated[
        str, typer.Option(metavar="ZONE", help="Time zone used to group posts by day.")
    ] = ZONE,
    title: Annotated[str | None, typer.Option(help="Title of the site.")] = None,
    language: Annotated[
        str, typer.Option(metavar="CODE", help="Language of the pages: en, zh-Hans, …; auto: each reader's.")
    ] = AUTO,
    address: Annotated[
        str | None,
        typer.Option(metavar="URL", help="Public address of the site, if it is behind a proxy."),
    ] = None,
    metrics: Metrics = None,
    log_format: LogFormat = "text",
) -> None:
    """Serve posts as web pages and JSON until Ctrl-C; read-only.

    docs/serving.md explains how to publish the site.
    """
    check_installed()
    from newscrawl.web.uvicorn_server import listen

    set_log_format(log_format)

    site = site_of(home_zone, title, address, language)
    sock = listen(host, port)
    if host not in (LOOPBACK, "localhost", "::1"):
        complain(f"warning: {host} is not loopback: anyone who can reach it can read the posts")
    run(sock, site, metrics)


def run(sock: socket.socket, site: SiteOptions, metrics: str | None = None) -> None:
    """Serves on a bound socket until a signal stops it; prints the address. `metrics`: their HOST:PORT."""
    from newscrawl.read import AsyncPosts
    from newscrawl.web.uvicorn_server import serve as serve_on

    with _metrics(metrics) as observe:
        serve_on(sock, AsyncPosts.connect, site, _listening, observe)


@contextmanager
def _metrics(place: str | None) -> Iterator[Callable[[int, float], None] | None]:
    """Serves metrics meanwhile if an address is given; yields a function that counts requests."""
    if place is None:
        yield None
        return
    from newscrawl.monitor.server import MonitorServer, check_metrics_installed, parse_place

    check_metrics_installed()
    from newscrawl.monitor.http_metrics import HttpMetrics

    http = HttpMetrics()
    server = MonitorServer(parse_place(place), "reader", http)
    server.start()
    try:
        yield http.observe
    finally:
        server.close()


def check_installed() -> None:
    """Raises UsageError if the extra `web` is not installed."""
    try:
        import babel
        import jinja2
        import starlette
        import uvicorn
    except ImportError as error:
        raise UsageError(
            f"serving needs {error.name}, which is not installed; run: pip install 'newscrawl[web]'"
        ) from error
    del babel, jinja2, starlette, uvicorn


def site_of(home_zone: str, title: str | None, address: str | None, language: str = AUTO) -> SiteOptions:
    """The site options. Raises UsageError for an unknown zone or language, or an invalid address."""
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    from newscrawl.web.languages import available, resolve
    from newscrawl.web.links import web_address
    from newscrawl.web.site_options import DEFAULT_TITLE, SiteOptions

    try:
        zone = ZoneInfo(home_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise UsageError(f"unknown time zone {home_zone!r}; write it as Asia/Shanghai or UTC") from error
    if address is not None and (web_address(address) is None or "?" in address or "#" in address):
        raise UsageError(f"invalid address {address!r}; write it as https://news.example.org")
    code = None if language == AUTO else resolve(language, available())
    if code is None and language != AUTO:
        raise UsageError(f"no pages in language {language!r}; use one of {', '.join((AUTO, *available()))}")
    name = (title or "").strip() or DEFAULT_TITLE
    return SiteOptions(title=name, language=code, zone=zone, address=(address or "").rstrip("/"))


def _listening(address: str) -> None:
    """Prints the address. A thread then tries MongoDB, because that may take seconds."""
    typer.echo(f"pages: {address}  (Ctrl-C to stop)")
    sys.stdout.flush()
    threading.Thread(target=_warn_if_away, daemon=True).start()


def _warn_if_away() -> None:
    from newscrawl.store.client import connect, reaching

    try:
        with reaching(), connect("reader") as client:
            client.admin.command("ping")
    except DatabaseUnavailable as error:
        complain(f"warning: {printable(str(error))}; until then, pages answer 503")
