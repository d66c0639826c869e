"""What a reread is asked for, and how its processes' counts are added."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from newscrawl.crawl.reread.compare import FieldChange
from newscrawl.crawl.reread.tally import EXAMPLES, Selection, Tally
from newscrawl.errors import UsageError

NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)
FILE = "newscrawl-20261201080000-vm-abcdef.warc.gz"


@pytest.mark.parametrize(
    ("where", "told"),
    [
        (["title=x"], "use layout=NAME"),
        (["layout"], "use layout=NAME"),
        (["layout="], "use layout=NAME"),
        (["layout=a", "layout=b"], "given twice"),
        (["reason=a", "layout=b"], "selects rejects"),
    ],
)
def test_a_condition_that_is_none(where: list[str], told: str) -> None:
    with pytest.raises(UsageError, match=told):
        Selection.of(None, None, None, where)


def test_files_are_chosen_by_their_day_with_room_around_it() -> None:
    assert Selection().takes_file(FILE)
    assert Selection(since=NOON).takes_file(FILE)
    assert Selection(since=NOON.replace(day=2)).takes_file(FILE)
    assert not Selection(since=NOON.replace(day=4)).takes_file(FILE)
    assert not Selection(until=NOON.replace(month=11, day=29)).takes_file(FILE)


def test_pages_posts_and_rejects() -> None:
    late = Selection(source="enorth", since=NOON, until=NOON.replace(hour=14))
    assert late.takes_page("enorth", NOON)
    assert not late.takes_page("enorth", NOON.replace(hour=14))
    assert not late.takes_page("eastmoney", NOON)
    post = {"crawl": {"page_version": None}, "source": {"slug": "beifangwang", "name": "北方网"}}
    reject = {"reasons": ["no date"]}
    assert Selection(layout="none").takes_post(post)
    assert Selection(outlet="北方网").takes_post(post)
    assert not Selection(layout="2022").takes_post(post)
    assert not Selection(layout="none").takes_reject(reject)
    assert Selection(reason="date").takes_reject(reject)
    assert not Selection(reason="date").takes_post(post)
    assert Selection().takes_reject(reject)


def test_another_selection_is_another_reread() -> None:
    assert Selection().stamp() == Selection().stamp()
    assert Selection().stamp() != Selection(source="enorth").stamp()


def test_counts_are_added_and_examples_stay_few() -> None:
    total = Tally()
    for process in range(4):
        one = Tally()
        one.end("changed", "a")
        one.end("failed", f"url:{process}", "LookupError")
        one.change(f"url:{process}", [FieldChange("title", "x", "y")])
        total.add(one)
    assert total.outcomes == {"changed": 4, "failed": 4}
    assert total.fields == {"title": 4}
    assert total.reasons == {"failed: LookupError": 4}
    assert total.named == {"failed: LookupError": ["url:0", "url:1", "url:2"]}
    assert len(total.examples["title"]) == EXAMPLES
    assert total.read == 8
