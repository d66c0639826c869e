"""The site that benchmarks/speed.py crawls: East Money's list API and article pages of 2026.

Generated from a seed, rendered once, served from memory by a process of its own. Texts are made of
this file's own phrases. Paths alone decide the answer, so that any `Host` may be asked for.

`python -m benchmarks.site --articles 2000` serves until its standard input closes; it prints its
port, and answers `/served` with the number of articles sent since the last `/reset`.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import cast
from urllib.parse import parse_qs, urlsplit

from benchmarks.phrases import ENDINGS, OUTLETS, PEOPLE, SUBJECTS, TURNS

SEED = 20260308
BEIJING = timezone(timedelta(hours=8))
SPAN = timedelta(hours=40)  #: over which the articles are spread, the newest now


@dataclass(frozen=True, slots=True)
class Article:
    """One generated article; `when` is Beijing's clock."""

    number: str
    title: str
    when: datetime
    outlet: str
    author: str
    paragraphs: tuple[str, ...]

    @property
    def path(self) -> str:
        return f"/a/{self.number}.html"


def make_articles(count: int, now: datetime) -> list[Article]:
    """The newest first; the same for the same count and now."""
    chance = random.Random(SEED)
    return [_article(chance, index, now.astimezone(BEIJING) - SPAN * index / count) for index in range(count)]


def _article(chance: random.Random, index: int, when: datetime) -> Article:
    number = f"{when:%Y%m%d}{3_600_000_000 + index * 97:010d}"
    title = f"{chance.choice(SUBJECTS)}{chance.choice(TURNS)}{chance.randrange(2, 98)}%"
    paragraphs = tuple(_paragraph(chance) for _ in range(chance.randrange(14, 22)))
    return Article(number, title, when, chance.choice(OUTLETS), chance.choice(PEOPLE), paragraphs)


def _paragraph(chance: random.Random) -> str:
    sentences = (
        f"{chance.choice(SUBJECTS)}{_security(chance)}{chance.choice(TURNS)}"
        f"{chance.randrange(1, 999) / 10:.1f}%，{chance.choice(ENDINGS)}。"
        for _ in range(chance.randrange(3, 6))
    )
    return "".join(sentences)


def _security(chance: random.Random) -> str:
    """A stock link as the pages mark it, in one sentence of eight."""
    if chance.randrange(8):
        return ""
    code = f"{chance.randrange(600_000, 604_000)}"
    return (
        f'（<span id="stock_1.{code}"><a href="http://quote.eastmoney.com/unify/r/1.{code}" '
        f'class="keytip" data-code="1,{code}">{code}</a></span>'
        f'<span id="quote_1.{code}"></span>）'
    )


def render(article: Article) -> bytes:
    """The article's page, about 50 KB."""
    body = "".join(f"<p>\u3000\u3000{text}</p>" for text in article.paragraphs)
    title, number = article.title, article.number
    return f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="UTF-8">
<meta name="viewport" content="width=device-width, initial-scale=1.0">
<meta name="mobile-agent" content="format=html5; url=https://wap.eastmoney.com/a/{number}.html">
<title>{title} _ 东方财富网</title>
<meta name="keywords" content="{article.outlet},{title}">
<meta name="description" content="【{title}】{article.paragraphs[0][:60].split("<")[0]}">
<script>var __WAPURL = "https://wap.eastmoney.com/a/{number}.html"; var _NewsId = '{number}';</script>
{_SCRIPTS}</head><body><div class="main">{_NAVIGATION}
<div id="topbox" class="topbox"><div class="title">{title}</div><div class="tipbox"><div class="infos">
<div class=" item">{article.when:%Y年%m月%d日 %H:%M}</div>
<div class="item">作者：
{article.author} </div><div class="item">来源：
{article.outlet} </div></div></div></div>
<div class="contentbox"><div class="mainleft"><div class="zwinfos">
<div class="txtinfos" id="ContentBody" style="margin-top:0;">{body}
<p class="em_media">（文章来源：{article.outlet}）</p></div>
<div class="zwothers"><div class="sourcebox"><span>文章来源：{article.outlet}</span>
<span class="flr">责任编辑：{(number[-2:])}</span><div class="sublab">原标题：{title}</div></div></div>
</div></div>{_SIDE}</div></div>{_SCRIPTS}</body></html>""".encode()


def _links(seed: int, count: int, kind: str) -> str:
    """A list of links, as navigation and side columns hold."""
    chance = random.Random(seed)
    entries = (
        f'<li class="{kind}"><a target="_blank" title=""'
        f' href="http://finance.eastmoney.com/a/{chance.randrange(10**17)}.html">'
        f"{chance.choice(SUBJECTS)}{chance.choice(TURNS)}</a><span>{chance.randrange(99)}%</span></li>"
        for _ in range(count)
    )
    return f'<div class="{kind}box"><ul>{"".join(entries)}</ul></div>'


_NAVIGATION = _links(1, 60, "nav")
_SIDE = _links(2, 90, "side")
_SCRIPTS = "".join(
    f"<script>var slot{n} = {{id: {n}, at: 'right', width: 300, height: 250, url: '//ads.example/{n}.js'}};"
    f"if (window.show) {{ window.show(slot{n}); }}</script>\n"
    for n in range(50)
)


class Site:
    """All answers, ready to be sent."""

    def __init__(self, articles: list[Article]) -> None:
        self.articles = articles
        self.pages = {
            article.path: _answer(render(article), "text/html; charset=utf-8") for article in articles
        }
        self.served = 0

    def answer(self, target: str) -> bytes:
        """The whole response to a GET of `target`."""
        if page := self.pages.get(target):
            self.served += 1
            return page
        parts = urlsplit(target)
        if parts.path == "/comm/web/getNewsByColumns":
            query = parse_qs(parts.query)
            return self._list(int(query["page_index"][0]), int(query["page_size"][0]))
        if parts.path == "/robots.txt":
            return _answer(b"User-agent: *\nDisallow:\n", "text/plain")
        if parts.path in ("/served", "/reset"):
            told, self.served = self.served, 0 if parts.path == "/reset" else self.served
            return _answer(str(told).encode(), "text/plain")
        return _answer(b"not here", "text/plain", "404 Not Found")

    def _list(self, page: int, size: int) -> bytes:
        shown = self.articles[(page - 1) * size : page * size]
        records = [
            {
                "code": article.number,
                "np_dst": "CMS",
                "showTime": f"{article.when:%Y-%m-%d %H:%M:%S}",
                "title": article.title,
                "mediaName": article.outlet,
                "summary": "",
                "image": "",
                "url": f"http://finance.eastmoney.com{article.path}",
                "uniqueUrl": f"http://finance.eastmoney.com{article.path}",
            }
            for article in shown
        ]
        data = {"page_index": page, "page_size": size, "totle_hits": len(self.articles), "list": records}
        text = json.dumps({"code": 1, "message": "success", "data": data}, ensure_ascii=False)
        return _answer(text.encode(), "application/json; charset=utf-8")


def _answer(body: bytes, kind: str, status: str = "200 OK") -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


class _Connection(asyncio.Protocol):
    """HTTP/1.1 as far as a crawler's GETs need it: keep-alive, no request bodies."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)  # uvloop's is no subclass

    def data_received(self, data: bytes) -> None:
        *requests, self.received = (self.received + data).split(b"\r\n\r\n")
        for request in requests:
            self.transport.write(self.site.answer(request.split(b" ", 2)[1].decode("ascii")))


async def _serve(count: int) -> None:
    site = Site(make_articles(count, datetime.now(UTC)))
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Connection(site), "127.0.0.1", 0, backlog=256)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


def main() -> None:
    """Serves until standard input closes."""
    parser = argparse.ArgumentParser(description="The generated site, served on loopback.")
    parser.add_argument("--articles", type=int, default=2000)
    import uvloop  # not on every platform

    uvloop.run(_serve(parser.parse_args().articles))


if __name__ == "__main__":
    main()
