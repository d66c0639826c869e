"""The newsroom's articles: many, believable, the same for the same seed."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

from newscrawl.newsroom.articles import SLOT, latest, story_of
from newscrawl.newsroom.faults import CYCLE, FAULTS, fault_of
from newscrawl.text.slugs import slug

NOW = datetime(2026, 3, 8, 12, 0, tzinfo=UTC)
STORIES = latest(NOW, 420, 7, faults=True)


def test_the_same_seed_and_moment_give_the_same_articles() -> None:
    assert latest(NOW, 420, 7, faults=True) == STORIES
    assert latest(NOW, 420, 8, faults=True)[0].title != STORIES[0].title


def test_later_the_newsroom_has_the_same_articles_and_a_few_more() -> None:
    later = latest(NOW + timedelta(hours=1), 420, 7, faults=True)
    assert len({s.number for s in later} - {s.number for s in STORIES}) == 5


def test_many_articles_of_many_outlets_over_days() -> None:
    assert len(STORIES) >= 400
    assert len({story.number for story in STORIES}) == len(STORIES)
    assert all(len(story.number) == 18 and story.number[:8] == f"{story.at:%Y%m%d}" for story in STORIES)
    assert len({story.outlet for story in STORIES}) >= 40
    recent = [story for story in STORIES if NOW - story.at < timedelta(days=30)]
    assert len({story.at.date() for story in recent}) >= 4
    assert sorted(STORIES, key=lambda story: story.at, reverse=True) == STORIES
    assert all(story.at < NOW for story in STORIES)


def test_they_read_as_news() -> None:
    assert len({story.title for story in STORIES}) > 0.8 * len(STORIES)
    lengths = [sum(map(len, story.paragraphs)) for story in STORIES]
    assert min(lengths) > 60
    assert max(lengths) > 800
    most = Counter(paragraph for story in STORIES for paragraph in story.paragraphs).most_common(1)[0][1]
    assert most <= 10
    for story in STORIES:
        assert story.paragraphs[0].startswith(story.digest[:20])


def test_every_fault_comes_round_in_less_than_a_day() -> None:
    assert timedelta(days=1) > timedelta(seconds=CYCLE * SLOT)
    first = int(NOW.timestamp()) // SLOT
    met = {fault.name for slot in range(first - CYCLE, first) if (fault := fault_of(slot))}
    assert met == {fault.name for fault in FAULTS}
    assert len(met) == len(FAULTS)


def test_without_faults_there_is_none() -> None:
    assert all(story_of(slot, 7, faults=False).fault is None for slot in range(1000, 1100))


def test_both_layouts_days_are_there() -> None:
    years = {story.at.year for story in STORIES}
    assert years & {2020, 2021, 2022}
    assert 2026 in years


def test_the_outlets_have_slugs_that_do_not_collide() -> None:
    names = {story.outlet for story in STORIES}
    slugs = Counter(slug(name) for name in names)
    assert {name for name in names if slugs[slug(name)] > 1} <= {"TechWeb", "Techweb"}
