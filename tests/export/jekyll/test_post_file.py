"""A post as a Jekyll page, and back."""

from __future__ import annotations

import dataclasses
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from newscrawl.errors import PageError, Unusable, UsageError
from newscrawl.export.jekyll.post_file import SiteAddress, file_name, parse, render
from newscrawl.export.jekyll.to_draft import draft_of
from newscrawl.model.post import Attribution, Body, Post, Withdrawn
from newscrawl.normalize.body.clean import sanitize
from newscrawl.normalize.steps import build_post, complete
from tests.export.hostile import one_line, post_of

POSTS = Path(__file__).parents[1] / "posts"
SEED = "2022-02-26-NW202202262290280232.md"
NOW = datetime(2026, 11, 23, tzinfo=UTC)


def imported(name: str, text: str | None = None) -> Post:
    text = (POSTS / name).read_bytes().decode() if text is None else text
    draft = draft_of(parse(text, name), text, run="test", now=NOW)
    return build_post(complete(draft, NOW), NOW)


def front_of(page: str) -> dict[str, object]:
    block = re.match(r"---\n(.*?\n)---\n", page, re.DOTALL)
    assert block
    return dict(yaml.safe_load(block[1]))


def test_the_seed_comes_out_byte_for_byte() -> None:
    post = imported(SEED)
    assert render(post).encode() == (POSTS / SEED).read_bytes()
    assert file_name(post) == SEED
    assert post.id == "eastmoney:202202262290280232"
    assert post.date == datetime(2022, 2, 26, 8, 34, 18, tzinfo=UTC)
    assert post.source
    assert (post.source.name, post.source.slug, post.source.origin) == ("北方网", "beifangwang", "em_media")
    assert (post.categories, post.tags) == (["beifangwang"], ["北方网新闻"])
    assert post.date_info.assumed == []


@pytest.mark.parametrize(
    ("name", "outlet", "assumed"),
    [
        ("2021-12-08-202112082206935918.md", "中国基金报", ["zone"]),
        ("2021-12-08-202112082207168450.md", "央视新闻", []),
    ],
)
def test_flashes_of_2021_come_out_in_the_form_of_2022(name: str, outlet: str, assumed: list[str]) -> None:
    post = imported(name)
    assert post.source
    assert post.source.name == outlet
    assert post.date_info.assumed == assumed
    assert "emnews" in post.categories
    page = render(post)
    before = (POSTS / name).read_bytes().decode()
    text = before.split("---\n\n")[1].split("\n")[0]
    assert file_name(post) == name
    assert f"\n---\n\n> {text}\n\n<{post.share_url}>\n\n" in page
    assert page.endswith(
        "[返回东财滚动新闻](//finews.withounder.com/emnews/)｜[返回首页](//finews.withounder.com/)"
    )
    assert "categories: emnews\ntags: 东财滚动新闻\n" in page
    assert render(imported(name, page)) == page


def test_a_flash_whose_page_says_more_has_both() -> None:
    post = dataclasses.replace(
        imported("2021-12-08-202112082207168450.md"),
        digest="【标题】摘【注】要",
        body=Body("<p>更多</p>", "更多", 2),
    )
    assert "---\n\n> 要\n\n<p>更多</p>\n\n<http" in render(post)
    post.source = Attribution("北方网", "beifangwang", "（文章来源：北方网）", "em_media")
    page = render(post)
    assert '<p>更多</p><p class="em_media">（文章来源：北方网）</p>\n\n<http' in page
    again = imported("2021-12-08-202112082207168450.md", page)
    assert (again.digest, again.body.text, again.source and again.source.name) == ("要", "更多", "北方网")


@pytest.mark.slow
def test_300_hostile_posts_come_back_as_they_were() -> None:
    for seed in range(300):
        post = post_of(seed)
        page = render(post)
        page.encode("utf-8")
        front = front_of(page)
        title = re.sub("[\ud800-\udfff]", "\ufffd", post.title)
        assert front["title"] == title
        assert "\n".join(page.split("\n")[1:6]).count("\n") == 4
        assert not re.search(r"\{[{%]", page.split("\n---\n", 1)[1])
        assert front["categories"] in (post.categories[0], [post.categories[0]], "emnews")
        assert file_name(post) == Path(file_name(post)).name
        read = parse(page, file_name(post))
        html = sanitize(post.body.html)
        assert read.title == title.strip()
        assert read.date == front_date(post)
        if "emnews" not in post.categories:
            assert read.html
            assert (
                read.html.split('<p class="em_media">（')[0].strip("\n")
                == html.split('<p class="em_media">（')[0]
            )
            assert ('class="em_media"' in read.html) == (post.source is not None)
        elif post.digest and (lead := one_line(post.digest.rpartition("】")[2])):
            assert read.digest == lead.encode("utf-8", "replace").decode()
        assert parse(render(post, SiteAddress("/news")), file_name(post)) == read


def front_date(post: Post) -> str:
    at = datetime.fromisoformat(f"2000-01-01T00:00:00{post.date_info.offset}").tzinfo
    return f"{post.date.astimezone(at):%Y-%m-%d %H:%M:%S %z}"


def test_ordinary_titles_are_as_in_the_seed() -> None:
    for title in (
        "“入世”20年 广东外贸：成绩斐然",
        "沪指涨0.49%，茅台飙900亿！",
        "it's 5 o'clock # 1 — a: b 😀",
    ):
        assert f'\ntitle: "{title}"\n' in render(dataclasses.replace(post_of(1), title=title))


@pytest.mark.parametrize(
    ("tag", "line"),
    [
        ("北方网新闻", "tags: 北方网新闻"),
        ("21世纪经济报道新闻", "tags: 21世纪经济报道新闻"),
        ("The Paper新闻", 'tags: ["The Paper新闻"]'),  # Jekyll splits a plain value at blanks
        ("2026", 'tags: ["2026"]'),
        ("no", 'tags: ["no"]'),
        ("1e3", 'tags: ["1e3"]'),
        ("2022-02-26", 'tags: ["2022-02-26"]'),
        ("a: b", 'tags: ["a: b"]'),
        ('"', 'tags: ["\\""]'),
    ],
)
def test_a_tag_is_one_tag_to_jekyll(tag: str, line: str) -> None:
    post = dataclasses.replace(post_of(1), tags=[tag], categories=["x"])
    assert f"\n{line}\n" in render(post)
    assert parse(render(post), "x.md").tags == (tag,)


@pytest.mark.parametrize(
    "post_id",
    [
        "../../x",
        "/etc/passwd",
        "eastmoney:../../x",
        "a:b/c",
        "url:..",
        "eastmoney:",
        "x:" + "y" * 999,
        "文:章",
        "a:.",
        ".",
        "",
    ],
)
def test_no_id_leads_out_of_the_folder(post_id: str, tmp_path: Path) -> None:
    name = file_name(
        dataclasses.replace(post_of(1), id=post_id, share_url="http://x.test/?infoCode=../../NW")
    )
    assert re.fullmatch(r"\d{4}-\d\d-\d\d-[A-Za-z0-9_][A-Za-z0-9_-]{0,110}\.md", name)
    assert (tmp_path / name).resolve().parent == tmp_path.resolve()


def test_ids_that_differ_only_in_what_is_unsafe_have_files_of_their_own() -> None:
    names = {
        file_name(dataclasses.replace(post_of(1), id=post_id))
        for post_id in ("a:b/c", "a:b.c", "a:b c", "a:b-c")
    }
    assert len(names) == 4


def test_an_info_code_of_another_article_names_no_file() -> None:
    post = dataclasses.replace(
        post_of(1),
        id="eastmoney:202202262290280232",
        share_url="http://x.test/?infoCode=NW999999999999999999",
    )
    assert file_name(post).endswith("-202202262290280232.md")


def test_a_post_without_outlet_links_back_by_its_category() -> None:
    post = dataclasses.replace(post_of(1), source=None, categories=["caijing"], tags=["要闻"], digest=None)
    page = render(post)
    assert "em_media" not in page
    assert "[返回caijing](//finews.withounder.com/category/caijing.html)｜" in page
    bare = render(dataclasses.replace(post, categories=[], tags=[]))
    assert "\ncategories: []\ntags: []\n" in bare
    assert bare.endswith("\n\n[返回首页](//finews.withounder.com/)")
    assert parse(bare, "x.md").categories == ()


def test_seconds_that_the_source_did_not_state_are_00() -> None:
    post = imported(SEED)
    post.date_info.precision = "minute"
    assert "\ndate: 2022-02-26 16:34:00 +0800\n" in render(post)


def test_an_indent_that_markdown_takes_for_code_is_shortened() -> None:
    post = dataclasses.replace(
        imported(SEED), body=Body("<p>一</p>\n        <p>二</p>\n\n\t<p>三</p><pre>\n    x</pre>", "", 0)
    )
    assert "<p>一</p>\n <p>二</p>\n <p>三</p><pre>\n    x</pre>" in render(post)


@pytest.mark.parametrize(
    ("address", "back"),
    [
        ("https://news.example.com/", "(https://news.example.com/)"),
        ("/blog", "(/blog/)"),
        ("", "(/)"),
        ("//localhost:4000", "(//localhost:4000/)"),
    ],
)
def test_the_site_is_configurable(address: str, back: str) -> None:
    assert render(imported(SEED), SiteAddress(address)).endswith(f"[返回首页]{back}")


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "//x y", "//x)", "news.example.com", "//x\n", "//x/[y]", "{{x}}"]
)
def test_a_site_that_is_no_address_is_told(address: str) -> None:
    with pytest.raises(UsageError, match="is not an address"):
        SiteAddress(address)


BROKEN = """---
layout: post
title: "他说"不"，茅台"飙"了"
date: 2022-02-26 16:34:18 +0800
categories: beifangwang
tags: 北方网新闻
---
<p>八年来，天津市合作交流办深入贯彻。</p>

<http://finance.eastmoney.com/a/202202262290280232.html>
"""


def test_quotes_that_broke_the_front_matter_are_mended() -> None:
    post = imported("2022-02-26-202202262290280232.md", BROKEN)
    assert post.title == '他说"不"，茅台"飙"了'
    assert post.source
    assert post.source.name == "北方网"  # from the tag: the body names nobody
    assert imported("2022-02-26-202202262290280232.md", render(post)).title == post.title


@pytest.mark.parametrize(
    ("front", "title"),
    [
        ("title: [快讯] 沪指涨\ndate: x", "[快讯] 沪指涨"),
        ("title: a: b\ndate: x", "a: b"),
        ("title: a\x00b\ndate: x", "a\x00b"),
        ('title: "C:\\x"\ndate: x', "C:\\x"),
        ('title: "说\\"不"了"\n\ndate: x', '说"不"了'),
    ],
)
def test_broken_front_matter_is_read_line_by_line_where_that_is_plain(front: str, title: str) -> None:
    assert parse(f"---\n{front}\n---\n<p>x</p>", "x.md").title == title


@pytest.mark.parametrize(
    "front",
    [
        'title: "他说"不\ndate: x',  # which quote is the last one's?
        'title: "a\nb" c"\ndate: x',
        'title: "a"b"\ntitle: "c"d"',
        "[" * 9000,
        "- a\n- b",
        "&a [*a, *a]: {",
    ],
)
def test_front_matter_beyond_mending_is_told_with_the_files_name(front: str) -> None:
    with pytest.raises(PageError, match=r"^bad\.md has "):
        parse(f"---\n{front}\n---\n<p>x</p>", "bad.md")


@pytest.mark.parametrize(
    "text",
    ["", "---", "# Seeds\n", "---\ntitle: x\n", "\n---\ntitle: x\n---\n", f"---\n{'#' * 20000}\n---\n"],
)
def test_a_file_without_front_matter_is_told(text: str) -> None:
    with pytest.raises(PageError, match=r"^readme\.md has "):
        parse(text, "readme.md")


def test_a_post_with_neither_title_nor_date_says_so() -> None:
    name = "-202205262391921712.md"
    text = '---\nlayout: post\ntitle: ""\ndate: \ncategories: emnews\ntags: 东财滚动新闻\n---\n\n> 摘要\n\n<http://x.test/>'
    with pytest.raises(Unusable) as caught:
        imported(name, text)
    assert set(caught.value.reasons) >= {"no title", "no date"}
    assert "eastmoney:202205262391921712" in str(caught.value)


def test_windows_line_ends_and_a_byte_order_mark_do_no_harm() -> None:
    text = "\ufeff" + (POSTS / SEED).read_bytes().decode().replace("\n", "\r\n")
    assert render(imported(SEED, text)).encode() == (POSTS / SEED).read_bytes()


def test_an_exported_post_of_another_site_keeps_its_id() -> None:
    post = dataclasses.replace(
        imported(SEED), id=f"url:{7:032x}", share_url="https://news.example.com/7?b=2", tags=["澎湃新闻新闻"]
    )
    assert imported(file_name(post), render(post)).id == post.id


def test_a_page_without_any_identity_is_told() -> None:
    text = '---\ntitle: "x"\ndate: 2022-02-26\n---\n<p>x</p>'
    with pytest.raises(PageError, match=r"^notes\.md has no identity"):
        draft_of(parse(text, "notes.md"), text, run="test", now=NOW)


@pytest.mark.parametrize(
    "html",
    [
        "<p>北方网</p><script>alert(1)</script>",
        '<p onclick="alert(1)">北方网</p>',
        '<p>北方网<a href="javascript:alert(1)">x</a></p>',
        '<p>北方网</p><iframe src="https://evil.example/"></iframe>',
    ],
)
def test_a_body_that_somebody_changed_in_the_database_is_sanitized(html: str) -> None:
    page = render(dataclasses.replace(imported(SEED), body=Body(html, "北方网", 3)))
    assert "<p>北方网" in page
    for trace in ("alert", "evil.example", "onclick"):
        assert trace not in page


@pytest.mark.parametrize("name", [SEED, "2021-12-08-202112082206935918.md"])
def test_a_withdrawn_post_has_a_note_that_is_no_part_of_its_text(name: str) -> None:
    post = imported(name)
    gone = datetime(2022, 3, 1, 20, tzinfo=UTC)
    page = render(dataclasses.replace(post, withdrawn=Withdrawn(gone, 410, gone)))
    assert str(front_of(page)["withdrawn"]) == "2022-03-02 04:00:00 +0800"
    assert '<p class="withdrawn"><em>原网站已于2022-03-02撤下本文。</em></p>\n\n' in page
    assert parse(page, name) == parse(render(post), name)
    back = Withdrawn(gone, 410, gone, until=gone)
    assert render(dataclasses.replace(post, withdrawn=back)) == render(post)
