"""Error responses: pages for people, problem documents (RFC 9457) for programs."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from starlette.exceptions import HTTPException
from starlette.responses import Response

from newscrawl.errors import DatabaseUnavailable, Missing, UsageError
from newscrawl.web.cached_response import CachedResponse

if TYPE_CHECKING:
    from starlette.requests import Request

    from newscrawl.web.context import WebContext

PROBLEM = "application/problem+json"
RETRY_AFTER = "5"  #: seconds
_WORDS = {
    400: ("请求有误", "地址里的某个条件无法理解。"),
    404: ("没有这一页", "地址可能写错了，或文章已不在这里。"),
    405: ("方法不允许", "这里的页面只能读取。"),
    414: ("地址太长", "请缩短搜索词或条件。"),
    421: ("不认识这个地址", "这里只回答本机的名字；前面有代理的，请在启动时用 --address 写明网址。"),
    500: ("出错了", "生成这一页时出了错，已经记下。"),
    503: ("暂时读不到数据库", "数据库没有应答，请过几秒再试。"),
}


def problem(context: WebContext, path: str, status: int, detail: str | None = None) -> Response:
    """The error in the form that fits the path: JSON below /api/ and for /openapi.json, otherwise a page."""
    headers = {"retry-after": RETRY_AFTER} if status == 503 else {}
    if path.startswith("/api/") or path == "/openapi.json":
        return Response(_document(status, detail), status, headers, PROBLEM)
    heading, words = _WORDS.get(status, (HTTPStatus(status).phrase, ""))
    values = {"here": "", "status": status, "heading": heading, "words": words, "detail": detail}
    html = context.render("error.html", values)
    return Response(html, status, headers, "text/html")


def failed(context: WebContext, path: str, status: int) -> CachedResponse:
    """The error as a whole response, if the application gave none."""
    response = problem(context, path, status)
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


async def _http(request: Request, error: HTTPException) -> Response:
    from newscrawl.web.context import context_of

    response = problem(context_of(request), request.url.path, error.status_code)
    response.headers.update(error.headers or {})
    return response


async def _usage(request: Request, error: UsageError) -> Response:
    from newscrawl.web.context import context_of

    return problem(context_of(request), request.url.path, 400, str(error))


async def _missing(request: Request, error: Missing) -> Response:
    from newscrawl.web.context import context_of

    return problem(context_of(request), request.url.path, 404, str(error))


async def _away(request: Request, error: Exception) -> Response:
    """The database's message may name hosts, so it is logged and not shown to the reader."""
    import logging

    from newscrawl.store.client import in_short
    from newscrawl.web.context import context_of

    logging.getLogger(__name__).warning("%s: no answer: %s", request.url.path, in_short(str(error)))
    request.app.state.database.restart_soon()
    return problem(context_of(request), request.url.path, 503)
