"""Which of a list's articles are taken on."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, Literal, cast

from newscrawl.crawl.run import Run, RunPlan
from newscrawl.crawl.selection import EntrySelector
from newscrawl.model.draft import Entry
from newscrawl.model.ledger import Ledger
from newscrawl.model.source import Source
from newscrawl.store.known_articles import Known
from newscrawl.store.withdrawals import StoredArticle

SOURCE = Source(title="东方财富网", domain="eastmoney.com")


@dataclass
class Held:
    """The part of an archive that a chooser asks."""

    posts: dict[str, Known] = field(default_factory=dict)
    asked_for_due: list[tuple[str, tuple[str, ...], int]] = field(default_factory=list)

    async def due(self, spider: str, domains: tuple[str, ...], limit: int) -> list[StoredArticle]:
        self.asked_for_due.append((spider, domains, limit))
        return [StoredArticle(entry(number), known) for number, known in self.posts.items()]

    async def known(self, ids: Sequence[str], addresses: Mapping[str, str], spider: str) -> dict[str, Known]:
        return {number: self.posts[number] for number in ids if number in self.posts}


def entry(number: str, age: timedelta | None = timedelta(hours=1), **values: Any) -> Entry:
    beijing = datetime.now(UTC) + timedelta(hours=8)
    date = f"{beijing - age:%Y-%m-%d %H:%M:%S}" if age is not None else None
    return Entry(
        id=number, url="https://e/", canonical_url="https://e/", share_url="https://e/", date=date, **values
    )


def known(
    number: str, age: timedelta, spider: str = "eastmoney", kind: Literal["post", "reject"] = "post"
) -> Known:
    at = datetime.now(UTC) - age
    return Known(
        id=number,
        kind=kind,
        spider=spider,
        date=at,
        first_seen=at,
        last_seen=at,
        etag='"v1"',
        last_modified=None,
        content_hash="x",
    )


def selector(
    held: Held | None = None,
    *,
    since: timedelta | None = None,
    limit: int | None = None,
    every_time: bool = False,
) -> EntrySelector:
    run = SimpleNamespace(
        ledger=Ledger(), archive=held or Held(), spider="eastmoney", truncated=False, plan=RunPlan()
    )
    began = datetime.now(UTC) - since if since else None
    return EntrySelector(cast(Run, run), SOURCE, began, limit, every_time=every_time)


def chosen(choice: EntrySelector, entries: list[Entry]) -> list[str]:
    return [task.entry.id for task in asyncio.run(choice.choose(entries))]


def test_new_articles_are_taken_once_in_a_run() -> None:
    choice = selector()
    assert chosen(choice, [entry("a"), entry("b"), entry("a")]) == ["a", "b"]
    assert chosen(choice, [entry("b"), entry("c")]) == ["c"]
    assert choice._run.ledger.repeated == 2
    assert choice._run.ledger.pages == 3


def test_older_than_since_is_left_but_an_unreadable_date_is_not() -> None:
    choice = selector(since=timedelta(days=2))
    entries = [entry("new"), entry("old", timedelta(days=3)), entry("dateless", None)]
    assert chosen(choice, entries) == ["new", "dateless"]
    assert choice._run.ledger.old == 1


def test_without_since_age_only_ends_the_walk() -> None:
    choice = selector()
    old = [entry("a", timedelta(days=400)), entry("b", timedelta(days=500))]
    assert chosen(choice, old) == ["a", "b"]
    assert not choice.promises_more(old, stop_at_known=False)
    assert choice.promises_more([entry("c", timedelta(days=6)), *old], stop_at_known=False)


def test_a_known_article_is_asked_for_with_conditions_while_it_may_change() -> None:
    held = Held({"young": known("young", timedelta(hours=5)), "settled": known("settled", timedelta(days=2))})
    choice = selector(held)
    tasks = asyncio.run(choice.choose([entry("young"), entry("settled", timedelta(days=2))]))
    assert [(task.entry.id, task.conditions) for task in tasks] == [("young", {"If-None-Match": '"v1"'})]
    assert choice._run.ledger.known == 1


def test_only_the_spider_that_stored_an_article_asks_again() -> None:
    held = Held({"a": known("a", timedelta(hours=1), spider="eastmoney_flash")})
    assert chosen(selector(held), [entry("a")]) == []


def test_a_reject_is_tried_again_for_a_while_by_any_spider() -> None:
    held = Held(
        {
            "young": known("young", timedelta(hours=1), "eastmoney_flash", "reject"),
            "old": known("old", timedelta(days=2), kind="reject"),
        }
    )
    choice = selector(held)
    tasks = asyncio.run(choice.choose([entry("young"), entry("old", timedelta(days=2))]))
    assert [(task.entry.id, task.again, task.conditions) for task in tasks] == [("young", True, {})]


def test_limit() -> None:
    choice = selector(limit=2)
    assert chosen(choice, [entry("a"), entry("b"), entry("c")]) == ["a", "b"]
    assert choice.full
    assert choice._run.truncated


def test_paging_stops_at_since_always_and_at_the_known_if_the_last_run_was_whole() -> None:
    held = Held({number: known(number, timedelta(hours=1)) for number in "ab"})
    choice = selector(held, since=timedelta(days=2))
    old = [entry("x", timedelta(days=3)), entry("y", timedelta(days=4))]
    asyncio.run(choice.choose([entry("a"), entry("b")]))
    assert not choice.promises_more([entry("a"), entry("b")], stop_at_known=True)
    assert choice.promises_more([entry("a"), entry("b")], stop_at_known=False)
    assert choice.promises_more([entry("a"), entry("new")], stop_at_known=True)
    assert not choice.promises_more(old, stop_at_known=False)
    assert not choice.promises_more([entry("a"), *old], stop_at_known=True)


def test_a_spider_of_its_own_takes_what_another_brought_by_the_address() -> None:
    held = Held({"site:7": replace(known("url:" + "0" * 32, timedelta(minutes=5)), spider="site")})
    [task] = asyncio.run(selector(held).choose([entry("site:7")]))
    assert task.conditions == {}
    held = Held({"url:1": replace(known("eastmoney:7", timedelta(minutes=5)), spider="other")})
    assert asyncio.run(selector(held).choose([entry("url:1")])) == []


def test_what_is_held_under_another_id_is_asked_for_without_conditions() -> None:
    held = Held({"url:2": known("url:1", timedelta(minutes=5))})
    [task] = asyncio.run(selector(held).choose([entry("url:2")]))
    assert task.conditions == {}


def looked_at(choice: EntrySelector, limit: int = 20) -> list[str]:
    asyncio.run(choice.load_looks(limit))
    return sorted(task.entry.id for task in choice.looks(limit))


def test_an_article_that_the_lists_do_not_show_is_looked_at_and_no_other() -> None:
    held = Held({name: known(name, timedelta(hours=5)) for name in "abc"})
    choice = selector(held)
    assert chosen(choice, [entry("a"), entry("new")]) == ["a", "new"]
    assert looked_at(choice) == ["b", "c"]
    assert looked_at(choice) == [], "once in a run"
    assert held.asked_for_due == [("eastmoney", ("eastmoney.com",), 20)]
    assert choice._run.ledger.pages == 4


def test_one_that_is_listed_and_too_old_to_be_fetched_is_looked_at() -> None:
    choice = selector(Held({"a": known("a", timedelta(days=3))}))
    assert chosen(choice, [entry("a", timedelta(days=3))]) == []
    assert looked_at(choice) == ["a"]


def test_looks_are_conditional_and_bounded_and_those_that_were_gone_come_first() -> None:
    held = Held({name: known(name, timedelta(hours=5)) for name in "abcdef"})
    held.posts["e"] = replace(held.posts["e"], gone=True)
    choice = selector(held)
    asyncio.run(choice.load_looks(3))
    tasks = choice.looks(3)
    assert len({task.entry.id for task in tasks}) == 3
    assert tasks[0].entry.id == "e"
    assert all(task.conditions == {"If-None-Match": '"v1"'} and task.stored for task in tasks)


def test_nothing_is_looked_at_with_a_limit_of_articles_or_of_none() -> None:
    held = Held({"a": known("a", timedelta(hours=5))})
    assert looked_at(selector(held, limit=5)) == []
    assert looked_at(selector(held), limit=0) == []
    assert held.asked_for_due == []


def test_a_listed_article_that_was_gone_is_fetched_however_old() -> None:
    old = known("a", timedelta(days=3))
    assert chosen(selector(Held({"a": replace(old, gone=True)})), [entry("a", timedelta(days=3))]) == ["a"]
    assert chosen(selector(Held({"a": old})), [entry("a", timedelta(days=3))]) == []


def seen(number: str, age: timedelta, looked: timedelta, **values: Any) -> Known:
    """A stored article of that age, last looked at so long ago."""
    return replace(known(number, age), last_seen=datetime.now(UTC) - looked, **values)


def test_an_article_is_not_read_again_at_every_poll() -> None:
    held = Held(
        {
            name: seen(name, age, looked)
            for name, age, looked in [
                ("just stored", timedelta(minutes=3), timedelta(minutes=3)),
                ("due", timedelta(minutes=6), timedelta(minutes=6)),
                ("looked at", timedelta(minutes=12), timedelta(minutes=6)),
                ("due in 3 hours", timedelta(hours=1), timedelta(minutes=2)),
            ]
        }
    )
    choice = selector(held)
    assert chosen(choice, [entry(name) for name in held.posts]) == ["due"]
    assert choice._run.ledger.known == 3


def test_one_that_changed_is_read_again_soon() -> None:
    changed = datetime.now(UTC) - timedelta(minutes=6)
    held = Held(
        {"a": replace(known("a", timedelta(hours=2)), last_seen=changed, updated=changed, revision=2)}
    )
    assert chosen(selector(held), [entry("a")]) == ["a"]


def test_with_every_time_all_that_may_change_are_read() -> None:
    held = Held(
        {"a": seen("a", timedelta(minutes=3), timedelta(minutes=1)), "b": known("b", timedelta(days=2))}
    )
    choice = selector(held, every_time=True)
    assert chosen(choice, [entry("a"), entry("b", timedelta(days=2))]) == ["a"]


def test_a_change_that_the_list_announces_is_fetched_at_once() -> None:
    now = datetime.now(UTC)
    held = Held({name: seen(name, timedelta(hours=2), timedelta(minutes=30)) for name in "abcdef"})
    announced = {
        "a": now - timedelta(minutes=10),
        "b": now - timedelta(minutes=40),  # before our look
        "c": now + timedelta(hours=1),  # in the future
    }
    entries = [entry(name, changed=at.isoformat()) for name, at in announced.items()]
    entries += [entry("d", changed=f"{now:%Y-%m-%d}"), entry("e", changed="soon"), entry("f")]
    assert chosen(selector(held), entries) == ["a"]


def test_a_change_after_the_time_in_which_articles_change_is_not_fetched() -> None:
    held = Held({"a": seen("a", timedelta(days=2), timedelta(days=1))})
    changed = (datetime.now(UTC) - timedelta(minutes=10)).isoformat()
    assert chosen(selector(held), [entry("a", timedelta(days=2), changed=changed)]) == []


def test_a_list_that_announces_that_everything_changed_is_not_believed() -> None:
    changed = (datetime.now(UTC) - timedelta(minutes=1)).isoformat()
    held = Held({str(n): seen(str(n), timedelta(hours=2), timedelta(minutes=30)) for n in range(20)})
    assert chosen(selector(held), [entry(name, changed=changed) for name in held.posts]) == []
    few = [entry(name, changed=changed if int(name) < 4 else None) for name in held.posts]
    assert chosen(selector(held), few) == [], "4 of 4 that have such a date"
    assert chosen(selector(held), few[:3]) == ["0", "1", "2"]


def test_what_the_list_itself_holds_is_taken_every_time() -> None:
    held = Held({"a": seen("a", timedelta(minutes=3), timedelta(minutes=1))})
    assert chosen(selector(held), [replace(entry("a"), url=None)]) == ["a"]


def test_a_page_that_could_not_be_fetched_is_tried_again_by_the_next_run_and_then_every_hour() -> None:
    just = replace(known("a", timedelta(minutes=1), kind="reject"), failures=1)
    assert chosen(selector(Held({"a": just})), [entry("a")]) == ["a"]
    assert chosen(selector(Held({"a": replace(just, failures=2)})), [entry("a")]) == []
    reject = replace(
        known("a", timedelta(hours=9), kind="reject"), last_seen=datetime.now(UTC) - timedelta(hours=1)
    )
    assert chosen(selector(Held({"a": replace(reject, failures=3)})), [entry("a")]) == ["a"]
    assert chosen(selector(Held({"a": reject})), [entry("a")]) == []


def test_one_that_is_gone_and_listed_is_asked_for_after_as_long_as_it_was_gone() -> None:
    now = datetime.now(UTC)
    gone = replace(known("a", timedelta(days=3)), gone=True, gone_since=now - timedelta(hours=3))
    for looked, expected in ((timedelta(hours=2), ["a"]), (timedelta(hours=1), [])):
        held = Held({"a": replace(gone, gone_seen=now - looked)})
        assert chosen(selector(held), [entry("a", timedelta(days=3))]) == expected


def test_open_are_those_that_a_later_run_may_read_although_their_list_is_as_it_was() -> None:
    held = Held(
        {
            "young": seen("young", timedelta(hours=5), timedelta(minutes=1)),
            "settled": known("settled", timedelta(days=2)),
            "another's": known("another's", timedelta(hours=5), spider="eastmoney_flash"),
            "gone": replace(known("gone", timedelta(days=3)), gone=True),
        }
    )
    entries = [entry(name, timedelta(hours=5)) for name in held.posts]
    entries += [entry("new"), entry("new and old", timedelta(days=3)), entry("undated", None)]
    choice = selector(held)
    asyncio.run(choice.choose(entries))
    assert [one.id for one in choice.open_entries(entries)] == ["young", "gone", "new", "undated"]
    assert not choice.all_known(entries)
    assert choice.all_known(entries[:4])
    again = [entry("new"), entry("settled", timedelta(days=2))]
    asyncio.run(choice.choose(again))
    assert [one.id for one in choice.open_entries(again)] == ["new"], "on another list of the run, too"
