"""What an import of OPML makes of feeds.toml, the first time and again."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from newscrawl.devtools.import_feeds import Import, Wanted, import_feeds
from newscrawl.discovery.opml import Opml, OpmlFeed
from newscrawl.errors import UsageError

HARBOUR = OpmlFeed(
    url="https://harbour.example/feed", title="Harbour Times", home="https://harbour.example/", line=4
)
TIDES = OpmlFeed(url="https://feeds.example.org/tides", title="港口", folders=((), ("Sea", "Tides")), line=5)


def imported(file: Path, *feeds: OpmlFeed, wanted: Wanted | None = None, **spiders: list[str]) -> Import:
    done = import_feeds(Opml(list(feeds)), file, spiders, wanted)
    file.write_text(done.text, "utf-8")
    return done


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "feeds.toml"


def tables(file: Path) -> dict[str, dict[str, object]]:
    return tomllib.loads(file.read_text("utf-8"))


def test_new_feeds(file: Path) -> None:
    done = imported(file, HARBOUR, TIDES)
    assert done.new == [
        "harbour_times: https://harbour.example/feed",
        "gangkou: https://feeds.example.org/tides",
    ]
    found = tables(file)
    assert found["gangkou"].pop("imported")
    assert found["gangkou"] == {"title": "港口", "feed": TIDES.url, "folders": [[], ["Sea", "Tides"]]}


def test_again_nothing_changes(file: Path) -> None:
    imported(file, HARBOUR, TIDES)
    before = file.read_bytes()
    done = imported(file, TIDES, replace(HARBOUR, url="http://HARBOUR.example/feed#x"))
    assert done.changed == [
        'harbour_times: feed "https://harbour.example/feed" → "http://HARBOUR.example/feed#x"'
    ]
    done = imported(file, TIDES, HARBOUR)
    assert (done.new, len(done.changed), done.unchanged, done.gone) == ([], 1, 1, [])
    assert file.read_bytes() == before


def test_the_name_stays_when_the_title_changes(file: Path) -> None:
    imported(file, HARBOUR)
    done = imported(file, replace(HARBOUR, title="The Quay", home=None))
    assert done.changed == [
        'harbour_times: title "Harbour Times" → "The Quay", home "https://harbour.example/" → none'
    ]
    assert list(tables(file)) == ["harbour_times"]
    assert "home" not in tables(file)["harbour_times"]


def test_names_are_unique_and_can_be_spiders(file: Path) -> None:
    feeds = [
        OpmlFeed(url="https://a.example/feed", title="News"),
        OpmlFeed(url="https://b.example/feed", title="News"),
        OpmlFeed(url="https://b.example/feed2", title="News"),
        OpmlFeed(url="https://b.example/feed3", title="News"),
        OpmlFeed(url="https://c.example/feed", title="import"),
        OpmlFeed(url="https://www.d-e.example/feed"),
        OpmlFeed(url="https://f.example/feed", title="404 Media"),
        OpmlFeed(url="https://g.example/feed", title="BBC"),
        OpmlFeed(url="https://h.example/feed", title="x", name="mine"),
        OpmlFeed(url="https://i.example/feed", title="!?"),
    ]
    done = imported(file, *feeds, bbc=[])
    names = [line.partition(":")[0] for line in done.new]
    assert names[:9] == (
        ["news", "news_b", "news_2", "news_3", "feed_import", "d_e", "feed_404_media", "bbc_g", "mine"]
    )
    assert len(set(names)) == 10
    assert list(tables(file)) == names


def test_a_table_that_was_edited_is_kept(file: Path) -> None:
    imported(file, HARBOUR, TIDES)
    edited = file.read_text("utf-8").replace('title = "Harbour Times"', 'title = "My Harbour"  # ours')
    edited = edited.replace("[gangkou]\n", "[gangkou]\ndelay = 5  # slow\n")
    file.write_text(edited, "utf-8")
    assert imported(file, HARBOUR, TIDES).unchanged == 2, "the OPML says what it said"
    done = imported(file, replace(HARBOUR, title="Harbour News"), replace(TIDES, title="海港"))
    assert done.kept == ['harbour_times: edited by hand; the OPML says title "My Harbour" → "Harbour News"']
    assert done.changed == ['gangkou: title "港口" → "海港"']
    text = file.read_text("utf-8")
    assert "# ours" in text
    assert "delay = 5  # slow" in text
    done = imported(file, replace(HARBOUR, title="Harbour News"), wanted=Wanted(overwrite=True))
    assert done.changed == ['harbour_times: title "My Harbour" → "Harbour News"']


def test_what_is_gone_is_said_and_removed_only_if_wanted(file: Path) -> None:
    imported(file, HARBOUR, TIDES)
    with file.open("a", encoding="utf-8") as out:
        out.write('\n[by_hand]\nfeed = "https://hand.example/feed"\n')
    done = imported(file, TIDES)
    assert done.gone == ["harbour_times: https://harbour.example/feed"]
    assert "harbour_times" in tables(file)
    imported(file, TIDES, wanted=Wanted(remove=True))
    assert list(tables(file)) == ["gangkou", "by_hand"]


def test_a_feed_that_a_spider_reads_is_not_declared_twice(file: Path) -> None:
    done = imported(file, HARBOUR, harbour=["http://harbour.example/feed"])
    assert (done.new, done.kept) == ([], ["harbour: this spider reads https://harbour.example/feed already"])


def test_a_feed_that_cannot_be_a_source_is_left_out(file: Path) -> None:
    done = imported(file, replace(HARBOUR, url="http://localhost/feed", home=None), TIDES)
    assert [line.partition(" is not")[0] for line in done.left_out] == [
        "line 4: 'Harbour Times': domain 'localhost'"
    ]
    assert list(tables(file)) == ["gangkou"]


def test_a_language_that_is_no_tag_is_dropped(file: Path) -> None:
    imported(file, replace(HARBOUR, language="en_US"), replace(TIDES, language="Chinese (Simplified)"))
    assert tables(file)["harbour_times"]["language"] == "en-US"
    assert "language" not in tables(file)["gangkou"]


@pytest.mark.parametrize(("text", "told"), [("[a", "not valid TOML"), ("a = 1", "a is outside a table")])
def test_a_broken_file_stays_as_it_is(file: Path, text: str, told: str) -> None:
    file.write_text(text, "utf-8")
    with pytest.raises(UsageError, match=told):
        import_feeds(Opml([HARBOUR]), file, {})
    assert file.read_text("utf-8") == text
