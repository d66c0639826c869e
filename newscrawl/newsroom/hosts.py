"""The newsroom's routes: which host answers what."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta

from newscrawl.newsroom import list_responses, sites
from newscrawl.newsroom.articles import ReplicaStory
from newscrawl.newsroom.list_responses import Query
from newscrawl.newsroom.markup import body_html
from newscrawl.newsroom.pages import article_page
from newscrawl.newsroom.response import ReplicaResponse, html, json_text, validated
from newscrawl.newsroom.state import ReplicaState

Route = Callable[[ReplicaState, str, str, Query], ReplicaResponse]  # world, host, path, query

SLOW = 0.6  #: seconds
CRAWL_DELAY_HOST = "caifuhao.eastmoney.com"
_ROBOTS = "User-agent: *\nDisallow: /private/\n"
_SLOW_ROBOTS = "User-agent: *\nDisallow: /draft/\nCrawl-delay: 1\n"
_NUMBER = re.compile(r"(?<!\d)(20\d{16})(?!\d)")
_ROLLING = re.compile(r"/kuaixun/v1/getlist_102_ajaxResult_(\d{1,3})_(\d{1,4})_\.html")


def answer(world: ReplicaState, host: str, path: str, query: Query) -> ReplicaResponse:
    """A host's response to a path; 502 for an unknown host."""
    if host in sites.HOSTS and world.site_data:
        return sites.answer(world.site_data, host, path)
    route = _route_of(host)
    if route is None:
        return html(f"<h1>502</h1><p>no replica of {host!r} here</p>", status=502)
    if path == "/robots.txt":
        robots = _SLOW_ROBOTS if host == CRAWL_DELAY_HOST else _ROBOTS
        return ReplicaResponse(robots.encode(), content_type="text/plain; charset=utf-8")
    return route(world, host, path, query)


def _route_of(host: str) -> Route | None:
    if host in HOSTS:
        return HOSTS[host]
    is_shared = f".{host}".endswith(".zning.xyz")
    return _choice if is_shared else None


def _columns(world: ReplicaState, host: str, path: str, query: Query) -> ReplicaResponse:
    if path != "/comm/web/getNewsByColumns":
        return _missing()
    callback = query.get("callback") or query.get("cb")
    column = query.get("column", "")
    if column == "1297":
        return json_text({"code": 0, "message": "系统繁忙，请稍后再试"}, callback)
    if column == "1298":
        return html("<html><body><h1>502 Bad Gateway</h1></body></html>")
    whole = json_text(list_responses.columns(world.stories, query), callback)
    first_asked = world.first_time(f"{host}{path}?{column}&{query.get('page_index')}")
    if column == "1299" or (column == "351" and query.get("page_index") == "2" and first_asked):
        return ReplicaResponse(whole.body[: len(whole.body) // 2], content_type=whole.content_type)
    return whole


def _weblist(world: ReplicaState, host: str, path: str, query: Query) -> ReplicaResponse:
    callback = query.get("callback") or query.get("cb")
    if path == "/comm/web/getFastNewsList":
        return json_text(list_responses.flashes(world.stories, query), callback)
    if path == "/comm/web/getFastNewsCount":
        return json_text(list_responses.flash_count(world.stories, query), callback)
    return _missing()


def _newsapi(world: ReplicaState, host: str, path: str, query: Query) -> ReplicaResponse:
    match = _ROLLING.fullmatch(path)
    if not match or not int(match[1]):
        return _missing()
    page = max(1, int(match[2]))
    script = list_responses.rolling_script(world.stories, int(match[1]), page)
    return ReplicaResponse(script.encode("utf-8"), content_type="application/javascript; charset=utf-8")


def _choice(world: ReplicaState, host: str, path: str, query: Query) -> ReplicaResponse:
    if path == "/web/webapi" and query.get("type") in ("102", "45"):
        return json_text(list_responses.choice_feed(world.stories, query["type"], query))
    if path == "/information/newmarket/web/webapi" and query.get("marketType") in ("37", "38", "39"):
        return json_text(list_responses.choice_feed(world.stories, query["marketType"], query))
    if path == "/NewsData/GetNewsText.do":
        return _news_text(world, host, query.get("id", ""))
    if path == "/html_News/NewsShare.html":
        story = world.story(query.get("infoCode", "").removeprefix("NW"))
        return html(article_page(story)) if story else _missing()
    return _missing()


def _news_text(world: ReplicaState, host: str, code: str) -> ReplicaResponse:
    story = world.story(code.removeprefix("NW"))
    if story is None:
        return json_text({"rc": 0, "message": f"no article {code[:40]}"})
    place = f"{host}/{story.number}"
    body = body_html(story, world.version(story, place))
    text = json.dumps(
        {"rc": 1, "id": code, "content" if "102" in story.feeds else "text": body}, ensure_ascii=False
    )
    whole = ReplicaResponse(text.encode("utf-8"), content_type="application/json; charset=utf-8")
    if story.fault_name == "bad_json" and world.first_time(place):
        whole.body = whole.body[: len(whole.body) * 2 // 3]
        return whole
    changed = _changed(world, story, place)
    world.read[place] += 1
    return validated(whole, changed)


def _articles(world: ReplicaState, host: str, path: str, query: Query) -> ReplicaResponse:
    match = _NUMBER.search(path)
    story = world.story(match[1]) if match else None
    if story is None or story.fault_name == "no_page":
        return _missing()
    if story.is_blog and host != CRAWL_DELAY_HOST:
        return _missing()
    return _with_fault(world, f"{host}{path}", story)


def _with_fault(world: ReplicaState, place: str, story: ReplicaStory) -> ReplicaResponse:
    """The page of an article, after what its fault does to it."""
    name, first = story.fault_name, world.first_time(place)
    if instead := _instead(story, name, place, first=first):
        return instead
    page = article_page(story, world.version(story, place))
    result = validated(_encoded(page, name), _changed(world, story, place))
    world.read[place] += 1
    result.delay = SLOW if name == "slow" else 0.0
    result.cut = name == "cut_once" and first
    return result


def _changed(world: ReplicaState, story: ReplicaStory, place: str) -> datetime:
    """When what the next reader of that place gets was last changed."""
    return story.at + timedelta(seconds=30 * (world.version(story, place) - 1))


def _instead(story: ReplicaStory, name: str, place: str, *, first: bool) -> ReplicaResponse | None:
    """The response in place of the page; None if the page itself is served."""
    if name == "gone":
        return _missing()
    if first and name == "error_once":
        return html("<h1>500 Internal Server Error</h1>", status=500)
    if first and name == "busy_once":
        return html("<h1>503 Service Unavailable</h1>", status=503, headers={"Retry-After": "1"})
    target = {"moved": f"/news/350,{story.number}.html", "inward": "http://127.0.0.1:9/latest/meta-data/"}
    if name in target and "/a/" in place:
        return html("", status=302, headers={"Location": target[name]})
    if name == "too_big":
        return ReplicaResponse(b"<html><body>" + b"<p>0123456789</p>" * 720_000)
    return None


def _encoded(page: str, fault: str) -> ReplicaResponse:
    if fault == "gbk_as_utf8":
        return ReplicaResponse(page.encode("gb18030"))
    if fault == "gbk_undeclared":
        plain = page.replace('<meta charset="UTF-8">\n', "")
        return ReplicaResponse(plain.encode("gb18030"), content_type="text/html")
    return html(page)


def _missing() -> ReplicaResponse:
    return html("<html><head><title>404</title></head><body><h1>404 Not Found</h1></body></html>", status=404)


HOSTS: dict[str, Route] = {
    "np-listapi.eastmoney.com": _columns,
    "np-weblist.eastmoney.com": _weblist,
    "newsapi.eastmoney.com": _newsapi,
    "finance.eastmoney.com": _articles,
    "stock.eastmoney.com": _articles,
    "fund.eastmoney.com": _articles,
    "global.eastmoney.com": _articles,
    "wap.eastmoney.com": _articles,
    CRAWL_DELAY_HOST: _articles,
    "choicewzp1.eastmoney.com": _choice,
    "app.jg.eastmoney.com": _choice,
}
