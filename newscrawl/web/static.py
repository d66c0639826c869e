"""The style sheet and the icon: held in memory, under names that change with their content."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

if TYPE_CHECKING:
    from starlette.requests import Request

_KINDS = {"newscrawl.css": "text/css; charset=utf-8", "icon.svg": "image/svg+xml"}
_FOR_EVER = "public, max-age=31536000, immutable"


@cache
def _read(name: str) -> tuple[str, bytes]:
    """A file's path on the site, and its bytes."""
    body = (files("newscrawl.web") / "static" / name).read_bytes()
    stem, _, suffix = name.rpartition(".")
    return f"/static/{stem}.{hashlib.sha256(body).hexdigest()[:12]}.{suffix}", body


def static_path(name: str) -> str:
    """`/static/newscrawl.0a1b2c3d4e5f.css`"""
    return _read(name)[0]


async def static(request: Request) -> Response:
    """A file under its current name; it may be cached indefinitely."""
    for name, kind in _KINDS.items():
        path, body = _read(name)
        if path == request.url.path:
            return Response(body, media_type=kind, headers={"cache-control": _FOR_EVER})
    raise HTTPException(404)


async def robots(_: Request) -> Response:
    """Keeps crawlers out, because the news belongs to others."""
    return Response("User-agent: *\nDisallow: /\n", media_type="text/plain; charset=utf-8")


async def favicon(_: Request) -> Response:
    """The icon, for programs that look for it under this name."""
    return RedirectResponse(static_path("icon.svg"))
