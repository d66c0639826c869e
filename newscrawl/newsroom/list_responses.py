"""The responses of East Money's list APIs and feeds. Each takes the query's values as sent."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from newscrawl.newsroom.articles import ReplicaStory

Query = Mapping[str, str]
MOST = 200  #: maximum items on one page of a list, whatever is requested


def columns(stories: Iterable[ReplicaStory], query: Query) -> dict[str, Any]:
    """np-listapi getNewsByColumns."""
    if "req_trace" not in query:
        return {"code": 0, "message": "Required String parameter 'req_trace' is not present"}
    wanted = query.get("column", "")
    page, size = number(query, "page_index", 1), min(number(query, "page_size", 20), MOST)
    found = [story for story in stories if wanted in story.columns]
    return {
        "req_trace": query["req_trace"],
        "code": "1",
        "message": "success",
        "data": {
            "page_index": page,
            "page_size": size,
            "totle_hits": len(found),
            "list": [_column_item(story, wanted) for story in found[(page - 1) * size : page * size]],
        },
    }


def _column_item(story: ReplicaStory, column: str) -> dict[str, Any]:
    untitled = story.fault_name in ("no_list_title", "no_list_both")
    undated = story.fault_name in ("no_list_date", "no_list_both")
    return {
        "code": story.number,
        "np_dst": "CFH" if story.is_blog else "CMS",
        "showTime": "" if undated else _shown(story),
        "title": "" if untitled else story.title,
        "mediaName": "" if story.fault_name == "tail_outlet" else story.outlet,
        "summary": f"【{story.title}】{story.digest}",
        "image": "",
        "url": blog_url(story)
        if story.is_blog
        else f"http://finance.eastmoney.com/news/{column},{story.number}.html",
        "uniqueUrl": "" if story.is_blog else f"http://finance.eastmoney.com{story.path}",
    }


def blog_url(story: ReplicaStory) -> str:
    """The address of a blog post; robots.txt forbids one of them."""
    folder = "draft" if story.fault_name == "forbidden" else "news"
    return f"http://caifuhao.eastmoney.com/{folder}/{story.number}"


def _shown(story: ReplicaStory) -> str:
    ahead = timedelta(days=3) if story.fault_name == "future" else timedelta()
    return f"{story.at + ahead:%Y-%m-%d %H:%M:%S}"


def flashes(stories: Iterable[ReplicaStory], query: Query) -> dict[str, Any]:
    """np-weblist getFastNewsList, paged by sortEnd."""
    if "req_trace" not in query:
        return {"code": "0", "message": "Required String parameter 'req_trace' is not present"}
    size, end = min(number(query, "pageSize", 50), MOST), query.get("sortEnd", "")
    if end and not is_number(end):
        return {"code": "0", "message": f"sortEnd {end[:40]} is not a number"}
    found = [story for story in stories if story.is_flash and (not end or sort_key(story) < int(end))]
    listed = [_flash_item(story) for story in found[:size]]
    return {"code": "1", "message": "success", "data": {"fastNewsList": listed, "size": size}}


def flash_count(stories: Iterable[ReplicaStory], query: Query) -> dict[str, Any]:
    """np-weblist getFastNewsCount: how many came since `sortStart`."""
    start = number(query, "sortStart", 0)
    return {
        "code": "1",
        "message": "success",
        "data": {"count": sum(1 for s in stories if s.is_flash and sort_key(s) > start)},
    }


def sort_key(story: ReplicaStory) -> int:
    """realSort: microseconds since 1970."""
    return int(story.at.timestamp()) * 1_000_000 + int(story.number[-5:])


def _flash_item(story: ReplicaStory) -> dict[str, Any]:
    return {
        "code": story.number,
        "title": story.title,
        "summary": flash_text(story),
        "showTime": story.shown_at,
        "stockList": [f"{market}.{code}" for market, code, _ in story.marked],
        "image": [],
        "realSort": str(sort_key(story)),
    }


def flash_text(story: ReplicaStory) -> str:
    """A flash's summary: headline in brackets, text, and the outlet at the end if nothing else names it."""
    tail = f"（{story.outlet}）" if story.fault_name == "tail_outlet" else ""
    return f"【{story.title}】{story.digest}{tail}"


def rolling_script(stories: Iterable[ReplicaStory], size: int, page: int) -> str:
    """newsapi kuaixun getlist_102_ajaxResult_<size>_<page>_.html"""
    found = [story for story in stories if story.is_flash]
    listed = [_rolling_item(story) for story in found[(page - 1) * size : page * size]]
    answer = {"rc": 1, "me": "", "LivesList": listed, "PageCount": -(-len(found) // size)}
    return "var ajaxResult=" + json.dumps(answer, ensure_ascii=False) + ";"


def _rolling_item(story: ReplicaStory) -> dict[str, Any]:
    page = f"finance.eastmoney.com{story.path}"
    return {
        "sort": str(sort_key(story)),
        "id": story.number,
        "newsid": story.number,
        "url_w": f"http://{page}",
        "url_m": f"https://wap.eastmoney.com{story.path}",
        "url_unique": f"http://{page}",
        "title": story.title,
        "digest": flash_text(story),
        "showtime": story.shown_at,
        "ordertime": story.shown_at,
        "column": "102",
    }


def choice_feed(stories: Iterable[ReplicaStory], feed: str, query: Query) -> dict[str, Any]:
    """The feeds that the seed site read: type 102 and 45, marketType 37, 38 and 39."""
    found = [story for story in stories if feed in story.feeds][: min(number(query, "count", 100), MOST)]
    if feed == "102":
        return {"rc": 1, "records": [_record(story) for story in found]}
    if feed == "45":
        return {"rc": 1, "nodeList": [_node(story) for story in found]}
    return {"rc": 1, "record": [_market_record(story) for story in found]}


def _record(story: ReplicaStory) -> dict[str, Any]:
    return {
        "id": story.number,
        "infoCode": story.code,
        "title": story.title,
        "digest": f"【{story.title}】{story.digest}",
        "showtime": story.shown_at,
        "url_w": story.url or f"http://finance.eastmoney.com/news/1350,{story.number}.html",
    }


def _node(story: ReplicaStory) -> dict[str, Any]:
    return {
        "infocode": story.code,
        "title": story.title,
        "showtime": story.shown_at,
        "from": story.outlet,
        "simtitle": story.title[:20],
        "simdigest": story.digest,
    }


def _market_record(story: ReplicaStory) -> dict[str, Any]:
    empty = story.fault_name == "empty_item"
    return {
        "infoCode": story.code,
        "title": "" if empty else story.title,
        "datetime": "" if empty else story.shown_at,
        "medianame": story.outlet,
    }


def number(query: Query, name: str, default: int) -> int:
    """A whole number of the query, 1 or more; the default for anything else, as the real hosts do."""
    value = query.get(name, "")
    return (int(value) if is_number(value) else 0) or default


def is_number(value: str) -> bool:
    """Whether it is 1 to 19 ASCII digits: `²` is a digit too, and Python reads no 5,000 of them."""
    return value.isascii() and value.isdigit() and len(value) < 20
