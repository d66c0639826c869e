# ruff: noqa: E501  the posts are as the site had them
"""A Jekyll post, served by the newsroom, crawled and written out again, is the same to the byte."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests import warm
from tests.crawl.crawls import crawl, documents
from tests.warm import run as newscrawl

pytestmark = pytest.mark.slow

NAME = "2022-02-26-NW202202262290280111.md"
POST = """---
layout: post
title: "稳外贸 促开放 北方港口群协同发展成果扎实"
date: 2022-02-26 16:34:18 +0800
categories: beifangwang
tags: 北方网新闻
---
<p>五年来，北方某港口群坚持“一港一策、错位发展”的思路，累计完成技改投资12.6亿元，集装箱航线增至140条。</p>
 <p>在通关便利化上，当地推出“船边直提”“抵港直装”等举措，平均通关时间压缩37.5%；A&amp;B两类企业均可适用。</p>
 <p>今后，港口群还将继续推进智慧化改造，到2025年自动化泊位占比超过六成。 </p><p class="em_media">（文章来源：北方网）</p>

<http://finews.zning.xyz/html_News/NewsShare.html?infoCode=NW202202262290280111>

[返回北方网新闻](//finews.withounder.com/category/beifangwang.html)｜[返回首页](//finews.withounder.com/)"""
FLASH_NAME = "2021-12-08-202112082207168111.md"
FLASH = """---
layout: post
title: "某省外贸成绩单出炉 进出口增长逾三成"
date: 2021-12-08 15:46:00 +0800
categories: emnews
tags: 东财滚动新闻
---

记者8日从有关部门获悉，某省前11个月进出口总值达7.09万亿元，同比增长34.9%。（央视新闻客户端）

<http://finance.eastmoney.com/news/1350,202112082207168111.html>

[返回东财滚动新闻](//finews.withounder.com/emnews/)｜[返回首页](//finews.withounder.com/)"""


@pytest.fixture
def posts(tmp_path: Path) -> Path:
    folder = tmp_path / "posts"
    folder.mkdir()
    (folder / NAME).write_bytes(POST.encode())
    return folder


def told_to_be_old(run: dict[str, Any]) -> None:
    """The posts are stored, and the run says that a source whose newest article is this old looks frozen."""
    [problem] = run["problems"]
    assert problem.startswith("the whole source: nothing new since 2022-02-26 08:00 UTC, ")


def test_crawl_and_export(posts: Path, tmp_path: Path, database: str) -> None:
    with warm.newsroom(["--posts", str(posts)]) as newsroom:
        code, run = crawl("eastmoney_choice", newsroom)
    assert (code, run["counts"]["stored"]) == (1, 1)
    told_to_be_old(run)
    (post,) = documents(database).values()
    assert post["_id"] == "eastmoney:202202262290280111"
    assert post["source"]["raw"] == "（文章来源：北方网）"
    out = tmp_path / "out" / "_posts"
    assert newscrawl("export", "jekyll", str(out)).returncode == 0
    assert [path.name for path in out.iterdir()] == [NAME]
    assert (out / NAME).read_bytes() == POST.encode()
    assert subprocess.run(["cmp", out / NAME, posts / NAME], check=False).returncode == 0


def test_import_and_export(posts: Path, tmp_path: Path, database: str) -> None:
    assert newscrawl("import", "jekyll", str(posts)).returncode == 0
    assert newscrawl("export", "jekyll", str(tmp_path / "site")).returncode == 0
    assert (tmp_path / "site" / "_posts" / NAME).read_bytes() == POST.encode()


def test_a_flash_is_served_and_crawled_too(posts: Path, database: str) -> None:
    (posts / FLASH_NAME).write_bytes(FLASH.encode())
    with warm.newsroom(["--posts", str(posts)]) as newsroom:
        code, run = crawl("eastmoney_choice", newsroom)
    assert (code, run["counts"]["stored"]) == (1, 2)
    told_to_be_old(run)
    flash = documents(database)["eastmoney:202112082207168111"]
    assert flash["categories"][-1] == "emnews"
    assert "东财滚动新闻" in flash["tags"]
    assert flash["source"]["name"] == "央视新闻"


def test_a_post_that_cannot_be_served_is_named(posts: Path) -> None:
    (posts / "2021-12-08-202112082206935111.md").write_text('---\ntitle: ""\n---\n正文', encoding="utf-8")
    done = newscrawl("newsroom", "--posts", str(posts))
    assert done.returncode == 2
    assert "2021-12-08-202112082206935111.md cannot be served" in done.stderr
