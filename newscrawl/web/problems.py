"""Error responses: pages for people, problem documents (RFC 9457) for programs."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from starlette.exceptions import HTTPException
from starlette.responses import Response

from newscrawl.errors import DatabaseUnavailable, Missing, UsageError
from newscrawl.web.cached_response import CachedResponse
from newscrawl.web.languages import msgid

if TYPE_CHECKING:
    from starlette.requests import Request

    from newscrawl.web.context import WebContext

PROBLEM = "application/problem+json"
RETRY_AFTER = "5"  #: seconds
_WORDS = {
    400: (msgid("Bad request"), msgid("A condition in the address makes no sense.")),
    404: (msgid("No such page"), msgid("The address may be mistyped, or the article is gone.")),
    405: (msgid("Method not allowed"), msgid("These pages can only be read.")),
    414: (msgid("Address too long"), msgid("Shorten the search or its conditions.")),
    421: (
        msgid("Unknown host name"),
        msgid("Only names of this machine are answered. Behind a proxy, start with --address URL."),
    ),
    500: (msgid("Something went wrong"), msgid("This page could not be made. The error is in the log.")),
    503: (msgid("The database does not answer"), msgid("Try again in a few seconds.")),
}


def problem(context: WebContext, path: str, status: int, code: str, detail: str | None = None) -> Response:
    """The error in the form that fits the path: JSON for programs, otherwise a page in
    the language of this code."""
    headers = {"retry-after": RETRY_AFTER} if status == 503 else {}
    if path.startswith("/api/") or path in ("/openapi.json", "/healthz"):
        return Response(_document(status, detail), status, headers, PROBLEM)
    language = context.languages[code]
    heading, words = _WORDS.get(status, (HTTPStatus(status).phrase, ""))
    values = {"here": "", "status": status, "detail": detail}
    values |= {"heading": language.gettext(heading), "words": language.gettext(words) if words else ""}
    html = context.render("error.html", values, language)
    return Response(html, status, {**headers, **context.language_headers(language)}, "text/html")


def failed(context: WebContext, path: str, status: int, code: str) -> CachedResponse:
    """The error as a whole response, if the application gave none."""
    response = problem(context, path, status, code)
    return CachedResponse.of(status, list(response.raw_headers), bytes(response.body))


def handlers() -> dict[Any, Any]:
    """Starlette's exception handlers."""
    from pymongo.errors import PyMongoError

    from newscrawl.read import QueryTooSlow

    return {
        HTTPException: _http,
        UsageError: _usage,
        Missing: _missing,
        DatabaseUnavailable: _away,
        QueryTooSlow: _away,
        PyMongoError: _away,
        TimeoutError: _away,
    }


def _document(status: int, detail: str | None) -> bytes:
    document = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status}
    if detail:
        document["detail"] = detail
    return json.dumps(document, ensure_ascii=False).encode("utf-8", "replace")


def _problem(request: Request, status: int, detail: str | None = None) -> Response:
    from newscrawl.web.context import context_of

    return problem(context_of(request), request.url.path, status, request.scope["language"], detail)


async def _http(request: Request, error: HTTPException) -> Response:
    response = _problem(request, error.status_code)
    response.headers.update(error.headers or {})
    return response


async def _usage(request: Request, error: UsageError) -> Response:
    return _problem(request, 400, str(error))


async def _missing(request: Request, error: Missing) -> Response:
    return _problem(request, 404, str(error))


async def _away(request: Request, error: Exception) -> Response:
    """The database's message may name hosts, so it is logged and not shown to the reader."""
    import logging

    from newscrawl.store.client import in_short

    logging.getLogger(__name__).warning("%s: no answer: %s", request.url.path, in_short(str(error)))
    request.app.state.database.restart_soon()
    return _problem(request, 503)
