"""Reads a kept article with the current rules: its spider's reading, then the steps up to the post."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from newscrawl.crawl.drafts import draft_of
from newscrawl.crawl.host_terms import header_terms
from newscrawl.crawl.multipage import add_part
from newscrawl.crawl.responses import header, page_reason, readable
from newscrawl.crawl.runner import project_settings, spider_class, spider_names
from newscrawl.crawl.shipped import full_name
from newscrawl.crawl.spider import NewsSpider
from newscrawl.errors import NewscrawlError, NoSpider, PageError, Unusable, UsageError
from newscrawl.model.draft import Draft, Reject
from newscrawl.model.post import Crawl, Post
from newscrawl.model.rights import Stated
from newscrawl.model.source import Source
from newscrawl.normalize.steps import build_post, complete, reject_of
from newscrawl.normalize.validate import is_doubtful

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from scrapy.http import Response

    from newscrawl.warc.page_reader import KeptArticle
    from newscrawl.warc.records import Answer, Note

_NOT_STEPS = (  # only in runs
    "newscrawl.pipelines.deduplicate.DeduplicatePipeline",
    "newscrawl.pipelines.store.StorePipeline",
)


@dataclass(frozen=True, slots=True)
class Reading:
    """The result of reading a kept article."""

    item: Post | Reject
    doubtful: bool = False  #: see newscrawl.crawl.repeated_texts


class KeptReader:
    """Reads kept articles as their spiders would, without a request. Caches the spiders."""

    def __init__(self) -> None:
        """Raises UsageError for invalid settings."""
        self._spiders: dict[str, NewsSpider] = {}
        self._sites: dict[tuple[Any, ...], Source] = {}
        self._steps: dict[str, Callable[[Draft], Post | Reject]] = {}
        self._settings = project_settings()
        self._own_steps = _own_steps(self._settings.getdict("ITEM_PIPELINES"))

    def read(self, article: KeptArticle, fetched: datetime) -> Reading:
        """The post or reject of an article; relative dates count from `fetched`.

        Raises NoSpider, and any error of the spider's own code.
        """
        note = article.note
        assert note is not None
        spider = self._spider(note)
        spider.rereading = _crawl(note, article.answers, fetched)
        try:
            draft = self._draft(spider, article)
        except PageError as error:
            return Reading(
                Reject.of_entry(note.entry, str(error), spider.rereading, reader=spider.rereading.reader)
            )
        return self._settled(spider, draft)

    def _spider(self, note: Note) -> NewsSpider:
        spider = self._spiders.get(note.spider)
        if spider is None:
            spider = self._spiders[note.spider] = _spider_named(note.spider)
        spider.source = self._site(note.site) if note.site else type(spider).source  # type: ignore[misc]
        return spider

    def _site(self, found: Mapping[str, str | None]) -> Source:
        key = tuple(found.items())
        if key not in self._sites:
            self._sites[key] = Source(**found)  # type: ignore[arg-type]
        return self._sites[key]

    def _draft(self, spider: NewsSpider, article: KeptArticle) -> Draft:
        """Raises PageError."""
        assert article.note is not None
        entry = article.note.entry
        if not article.answers:
            return spider.draft_of_list(entry)
        first, *further = map(_response, article.answers)
        try:
            page = readable(first)
            extraction = spider.read_article(page, entry)
        except PageError as error:
            raise PageError(page_reason(error, first)) from error
        if type(spider).draft_of_page is NewsSpider.draft_of_page:
            crawl = spider.crawl_of(first, extraction.layout)
            draft = draft_of(entry, extraction, spider.source, crawl, first.body)
        else:
            draft = spider.draft_of_page(entry, extraction, first)
        draft.around = Stated(("header",), tuple(header_terms(first)))
        for response in further:
            try:
                add_part(draft, spider.read_article(readable(response), entry))
            except PageError:
                break  # as in a crawl, the article ends here
        return draft

    def _settled(self, spider: NewsSpider, draft: Draft) -> Reading:
        if self._own_steps:
            steps = self._steps.get(spider.name)
            if steps is None:
                steps = self._steps[spider.name] = _ProjectSteps(spider, self._settings)
            return Reading(steps(draft))
        done = complete(draft, draft.crawl.fetched)
        try:
            return Reading(build_post(done, draft.crawl.fetched), is_doubtful(done))
        except Unusable as unusable:
            return Reading(reject_of(done, unusable.reasons))


class _ProjectSteps:
    """A project's pipelines, with its own steps, up to the store."""

    def __init__(self, spider: NewsSpider, settings: Any) -> None:
        from scrapy.crawler import Crawler
        from scrapy.utils.conf import build_component_list
        from scrapy.utils.misc import build_from_crawler, load_object

        crawler = Crawler(type(spider), settings)
        crawler.spider = spider
        names = build_component_list(settings.getdict("ITEM_PIPELINES"))
        self._steps = [
            build_from_crawler(load_object(name), crawler)
            for name in names
            if full_name(str(name)) not in _NOT_STEPS
        ]
        self._spider = spider

    def __call__(self, draft: Draft) -> Post | Reject:
        from scrapy.exceptions import DropItem

        item: Any = draft
        try:
            for step in self._steps:
                with_spider = len(inspect.signature(step.process_item).parameters) > 1
                item = step.process_item(item, self._spider) if with_spider else step.process_item(item)
                if inspect.isawaitable(item):
                    raise NewscrawlError(
                        f"{type(step).__name__}.process_item is asynchronous; reread runs none"
                    )
        except DropItem as drop:
            reject = getattr(drop, "reject", None)
            return reject if isinstance(reject, Reject) else _dropped(draft, str(drop))
        assert isinstance(item, Post | Reject)
        return item


def _spider_named(name: str) -> NewsSpider:
    """Raises NoSpider."""
    if name not in spider_names():
        raise NoSpider(f"there is no spider {name!r}")
    try:
        return spider_class(name).for_rereading()
    except UsageError as error:
        raise NoSpider(str(error)) from error


def _own_steps(pipelines: dict[Any, int | None]) -> bool:
    """Whether a project's pipelines differ from newscrawl's."""
    from newscrawl.settings import ITEM_PIPELINES

    named = {full_name(str(name)): order for name, order in pipelines.items() if order is not None}
    return named != ITEM_PIPELINES


def _crawl(note: Note, answers: list[Answer], fetched: datetime) -> Crawl:
    """The article's origin."""
    crawl = Crawl(note.spider, note.run, fetched)
    if answers:
        response = _response(answers[0])
        crawl.status = answers[0].status
        crawl.etag = header(response, "ETag")
        crawl.last_modified = header(response, "Last-Modified")
    return crawl


def _response(answer: Answer) -> Response:
    """The response as passed to the spider by Scrapy."""
    from scrapy.http import Headers
    from scrapy.responsetypes import responsetypes

    headers = Headers()
    for name, value in answer.headers:
        if name != "Content-Length":
            headers.appendlist(name, value.encode("latin-1", "replace"))
    kind = responsetypes.from_args(headers=headers, url=answer.url, body=answer.body)
    return kind(url=answer.url, status=answer.status, headers=headers, body=answer.body)


def _dropped(draft: Draft, reason: str) -> Reject:
    crawl = draft.crawl
    return Reject(
        draft.id,
        draft.url,
        (reason,),
        crawl.spider,
        crawl.run,
        crawl.fetched,
        listed=draft.entry,
        reader=crawl.reader,
    )
