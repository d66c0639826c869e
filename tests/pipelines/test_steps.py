"""The pipelines are thin: each sets its fields of a Draft and leaves other items alone."""

from __future__ import annotations

import inspect
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any, get_type_hints

import lxml.html
import pytest
from scrapy.utils.misc import load_object

from newscrawl.crawl.runner import project_settings
from newscrawl.model.draft import Candidate, Draft, Extraction
from newscrawl.model.post import Crawl, Post
from newscrawl.normalize import steps
from newscrawl.normalize.steps import complete
from pipelines.attribution import AttributionPipeline
from pipelines.body import BodyPipeline
from pipelines.categories import CategoriesPipeline
from pipelines.dates import DatesPipeline
from pipelines.deduplicate import DeduplicatePipeline, Duplicate
from pipelines.title import TitlePipeline
from pipelines.validate import Rejected, ValidatePipeline

FETCHED = datetime(2026, 3, 9, 2, tzinfo=UTC)
STEPS = (
    TitlePipeline,
    DatesPipeline,
    AttributionPipeline,
    CategoriesPipeline,
    BodyPipeline,
    ValidatePipeline,
)


def draft_of(number: int = 1, text: str = "正文正文正文正文正文。", **more: Any) -> Draft:
    url = f"https://example.com/a/{number}"
    fields: dict[str, Any] = {"id": f"eastmoney:{number}", "url": url, "canonical_url": url, "share_url": url}
    return Draft(
        extraction=Extraction(
            titles=[Candidate("标题", "page", "h1")],
            dates=[Candidate("5分钟前", "page", ".time")],
            outlets=[Candidate("来源：北方网", "page", ".source")],
            body=lxml.html.fragment_fromstring(f"<p>{text}</p>", create_parent="div"),
        ),
        crawl=Crawl("t", "run1", FETCHED),
        zone="Asia/Shanghai",
        language="zh",
        **{**fields, **more},
    )


def post_of(*arguments: Any, **more: Any) -> Post:
    item: object = draft_of(*arguments, **more)
    for step in STEPS:
        item = step().process_item(item)
    assert isinstance(item, Post)
    return item


def test_the_steps_in_their_order_make_a_post() -> None:
    post = post_of()
    assert post.title == "标题"
    assert post.categories == ["beifangwang"]
    assert post.source is not None
    assert post.body.text == "正文正文正文正文正文。"


def test_the_clock_is_the_moment_of_fetching() -> None:
    post = post_of()
    assert post.date == datetime(2026, 3, 9, 1, 55, tzinfo=UTC)
    assert post.first_seen == FETCHED


@pytest.mark.parametrize("step", [*STEPS, DeduplicatePipeline])
def test_other_items_pass_untouched(step: Any) -> None:
    item = {"some": "item"}
    assert step().process_item(item) is item
    assert item == {"some": "item"}


def test_each_step_hands_on_a_further_stage_of_the_draft() -> None:
    item: object = draft_of()
    for step in STEPS[:-1]:
        following = step().process_item(item)
        assert isinstance(following, type(item))
        assert type(following) is not type(item)
        item = following


@pytest.mark.parametrize("step", STEPS[1:])
def test_a_step_out_of_its_order_is_an_error_that_names_the_setting(step: Any) -> None:
    with pytest.raises(TypeError, match=rf"{step.__name__} got a Draft, not a \w+: ITEM_PIPELINES"):
        step().process_item(draft_of())


def test_the_pipelines_are_the_steps_in_their_order() -> None:
    """What one step returns, the next one takes; the settings have that order."""
    functions = [
        steps.normalize_title,
        steps.normalize_date,
        steps.normalize_attribution,
        steps.normalize_categories,
        steps.normalize_body,
        steps.build_post,
    ]
    stages = [get_type_hints(function) for function in functions]
    for stage, following in pairwise(stages):
        assert stage["return"] is following["draft"]
    settings = project_settings().getdict("ITEM_PIPELINES")
    names = [name for name, _ in sorted(settings.items(), key=lambda one: one[1])]
    assert names[0] == "newscrawl.pipelines.items.ItemsPipeline", "makes the drafts"
    assert [load_object(name) for name in names[1 : len(STEPS) + 1]] == list(STEPS)
    for step, function in zip(STEPS, functions, strict=True):
        assert function.__name__ in inspect.getsource(step), f"{step.__name__} calls another function"


def test_what_cannot_become_a_post_is_rejected() -> None:
    empty = draft_of(url="ftp://x")
    empty.extraction.dates[0] = Candidate("未知", "page", ".time")
    empty.extraction.body = None
    draft = complete(empty, FETCHED)
    with pytest.raises(Rejected, match="unreadable date, no body, bad url") as caught:
        ValidatePipeline().process_item(draft)
    assert caught.value.outcome == "rejected"
    assert caught.value.reject.id == "eastmoney:1"
    assert caught.value.reject.run == "run1"


def test_the_same_post_twice_is_a_duplicate() -> None:
    step = DeduplicatePipeline()
    post = post_of()
    assert step.process_item(post) is post
    with pytest.raises(Duplicate, match="eastmoney:1 is a duplicate of eastmoney:1") as caught:
        step.process_item(post_of())
    assert (caught.value.outcome, caught.value.first) == ("duplicate", "eastmoney:1")


def test_the_same_address_under_another_id_is_a_duplicate() -> None:
    step = DeduplicatePipeline()
    step.process_item(post_of())
    with pytest.raises(Duplicate) as caught:
        step.process_item(post_of(id="url:00", canonical_url="http://example.com/a/1?utm_source=x"))
    assert caught.value.first == "eastmoney:1"


def test_other_content_passes_and_is_remembered() -> None:
    step = DeduplicatePipeline()
    step.process_item(post_of())
    changed = post_of(text="改过的正文正文正文。")
    assert step.process_item(changed) is changed
    with pytest.raises(Duplicate):
        step.process_item(post_of(text="改过的正文正文正文。"))


def test_other_articles_with_the_same_text_pass() -> None:
    step = DeduplicatePipeline()
    step.process_item(post_of(1))
    step.process_item(post_of(2))
