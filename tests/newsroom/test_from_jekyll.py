"""Jekyll posts as articles: what `newscrawl newsroom --posts DIR` serves, and what it refuses."""

from __future__ import annotations

import json
import re
import urllib.request
from datetime import UTC, datetime
from pathlib import Path

import pytest

from newscrawl.errors import UsageError
from newscrawl.newsroom.from_jekyll import stories_of
from newscrawl.newsroom.list_responses import choice_feed
from newscrawl.newsroom.markup import body_html
from tests import warm

NAME = "2022-02-26-NW202202262290280222.md"
BODY = (
    "<p>今年以来，甲市与乙市共建的产业园新签项目37个，协议资金16.52亿元，园区“前店后厂”模式初见成效。</p>\n"
    " <p>下一步，两地将推进交通一卡通，到2025年通勤时间压缩至40分钟。 </p>"
    '<p class="em_media">（文章来源：北方网）</p>'
)
LINKS = (
    "\n\n<http://finews.zning.xyz/html_News/NewsShare.html?infoCode=NW202202262290280222>"
    "\n\n[返回北方网新闻](//finews.withounder.com/category/beifangwang.html)｜[返回首页](//finews.withounder.com/)"
)
FLASH_NAME = "2021-12-08-202112082206935222.md"
FLASH_LINK = "http://finance.eastmoney.com/news/11158,202112082206935222.html"


def post(
    title: str = '"两地共建产业园 协同发展添新绿"', date: str = "2022-02-26 16:34:18 +0800", body: str = BODY
) -> str:
    front = f"layout: post\ntitle: {title}\ndate: {date}\ncategories: beifangwang\ntags: 北方网新闻"
    return f"---\n{front}\n---\n{body}{LINKS}"


def flash(digest: str) -> str:
    front = 'layout: post\ntitle: "午评"\ndate: 2021-12-08 12:47:49\ncategories: emnews\ntags: 东财滚动新闻'
    return (
        f"---\n{front}\n---\n\n{digest}\n\n<{FLASH_LINK}>\n\n[返回东财滚动新闻](../emnews/)\n[返回首页](../)"
    )


def save(folder: Path, text: str, name: str = NAME) -> Path:
    (folder / name).write_bytes(text.encode())
    return folder


def test_a_post_is_an_article_of_the_newmarket_feed(tmp_path: Path) -> None:
    (story,) = stories_of(save(tmp_path, post()))
    assert story.at == datetime(2022, 2, 26, 8, 34, 18, tzinfo=UTC)
    (item,) = choice_feed([story], "37", {})["record"]
    assert item == {
        "infoCode": "NW202202262290280222",
        "title": "两地共建产业园 协同发展添新绿",
        "datetime": "2022-02-26 16:34:18",
        "medianame": "北方网",
    }


def test_without_its_indents_the_body_is_the_posts_to_the_byte(tmp_path: Path) -> None:
    (story,) = stories_of(save(tmp_path, post()))
    served = body_html(story)
    assert served.count("<p>　　") == 2
    assert served.replace("　　", "") == BODY


def test_a_date_without_zone_is_beijings(tmp_path: Path) -> None:
    (story,) = stories_of(save(tmp_path, flash("白酒走强。（中国基金报）"), FLASH_NAME))
    assert story.at == datetime(2021, 12, 8, 4, 47, 49, tzinfo=UTC)


def test_a_flash_is_in_the_rolling_feed_with_its_own_link(tmp_path: Path) -> None:
    (story,) = stories_of(save(tmp_path, flash("涨停<3家，R&D增加。（中国基金报）"), FLASH_NAME))
    (item,) = choice_feed([story], "102", {})["records"]
    assert (item["id"], item["url_w"]) == ("202112082206935222", FLASH_LINK)
    assert item["digest"] == "【午评】涨停<3家，R&D增加。（中国基金报）"
    assert story.outlet == "中国基金报"
    assert body_html(story).startswith("<p>　　涨停&lt;3家，R&amp;D增加。")


@pytest.mark.parametrize(
    ("line", "outlet"),
    [
        ("A&amp;B财经", "A&B财经"),
        ('上海<span><a href="http://quote.eastmoney.com/">证券</a></span>报', "上海证券报"),
        ("安信国际证券(香港)", "安信国际证券(香港)"),
    ],
)
def test_an_outlets_line_stays_as_it_was(tmp_path: Path, line: str, outlet: str) -> None:
    credit = f'<p class="em_media">（文章来源：{line}）</p>'
    (story,) = stories_of(save(tmp_path, post(body=f"<p>正文。</p>{credit}")))
    assert story.outlet == outlet
    assert body_html(story) == f"<p>　　正文。</p>{credit}"


def test_without_an_outlets_line_the_tag_names_it(tmp_path: Path) -> None:
    (story,) = stories_of(save(tmp_path, post(body="<p>正文。</p>")))
    assert body_html(story) == '<p>　　正文。</p><p class="em_media">（文章来源：北方网）</p>'


@pytest.mark.parametrize(
    ("text", "name", "told"),
    [
        ("no front matter", NAME, "no front matter"),
        ("", NAME, "no front matter"),
        ("---\n: : [\n---\n正文", NAME, "invalid front matter"),
        (post(title='""'), "2022-05-26-202205262391921712.md", "needs a title"),
        (post(date=""), NAME, "needs a title, a date"),
        (post(body=""), NAME, "a text"),
        (post().replace("NW202202262290280222", "NW1"), "2022-02-26-hello.md", "18 digits"),
    ],
)
def test_what_cannot_be_served_is_named(tmp_path: Path, text: str, name: str, told: str) -> None:
    with pytest.raises(UsageError, match=re.escape(name)) as error:
        stories_of(save(tmp_path, text, name))
    assert told in str(error.value)


def test_what_is_not_utf_8_is_named(tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(post().encode("gb18030"))
    with pytest.raises(UsageError, match=re.escape(NAME)):
        stories_of(tmp_path)


def test_two_files_of_one_article_are_named(tmp_path: Path) -> None:
    save(tmp_path, post())
    save(tmp_path, post(), f"2022-02-27-{NAME[11:]}")
    with pytest.raises(UsageError, match=r"2022-02-27-NW.*2022-02-26-NW"):
        stories_of(tmp_path)


def test_no_folder_and_no_posts_are_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is not a folder"):
        stories_of(tmp_path / "nowhere")
    with pytest.raises(UsageError, match="contains no Jekyll posts"):
        stories_of(tmp_path)


def test_only_the_posts_are_served(tmp_path: Path) -> None:
    save(tmp_path, post())
    save(tmp_path, flash("白酒走强。（中国基金报）"), FLASH_NAME)
    with warm.newsroom(["--posts", str(tmp_path)]) as base:

        def ask(host: str, path: str) -> bytes:
            request = urllib.request.Request(base + path, headers={"Host": host})
            with urllib.request.urlopen(request, timeout=10) as answer:
                body: bytes = answer.read()
            return body

        choice = "choicewzp1.eastmoney.com"
        records = json.loads(ask(choice, "/information/newmarket/web/webapi?marketType=37&count=100"))[
            "record"
        ]
        assert [item["infoCode"] for item in records] == ["NW202202262290280222"]
        text = json.loads(ask(choice, "/NewsData/GetNewsText.do?id=NW202202262290280222"))["text"]
        assert text.replace("　　", "") == BODY
        rolling = json.loads(ask(choice, "/web/webapi?type=102&count=100&newsid=1"))["records"]
        assert [item["id"] for item in rolling] == ["202112082206935222"]
        assert json.loads(ask(choice, "/web/webapi?type=45&count=100&newsid=1"))["nodeList"] == []
        page = ask("finance.eastmoney.com", "/a/202202262290280222.html").decode()
        assert 'class="newsContent"' in page
        assert "协议资金16.52亿元" in page
