"""How well reposts are told from other articles: `python -m benchmarks.stories`.

The pairs are of our own making (benchmarks/story_pairs.py): from articles of the newsroom, and from the
texts of the real pages where the corpus lies beside the checkout. A pair counts as found where the index
would bring the two together (they share a band) and newscrawl.search.near_duplicates then takes them for one.
Precision is over all pairs, recall over the reposts. Last: what the marks of an article cost.
"""

from __future__ import annotations

import argparse
import random
import statistics
import time
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime

from benchmarks import corpus
from benchmarks.story_pairs import Pair, flashes, invented, reposts, same_event, strangers, templates
from newscrawl.search.near_duplicates import is_same, story_of

_SEED = 20261123


def real_texts() -> list[str]:
    """The texts of the corpus that are long enough to be cut; empty where there is no corpus."""
    from newscrawl import extract_article
    from newscrawl.errors import PageError

    place = corpus.folder()
    if place is None:
        return []
    texts = []
    for page in corpus.pages(place, ("gne", "aeb", "fundus", "eastmoney_tpl")):
        try:
            text = extract_article(page.read(), url=page.url).text or ""
        except PageError:
            continue
        if len(text) > 300 and text.count("\n\n") >= 3:
            texts.append(text)
    return list(dict.fromkeys(texts))


def pairs(texts: list[str], *, seed: int = _SEED, count: int = 300) -> Iterator[Pair]:
    """All kinds of pairs; `count` of each of those that are not made from the texts one by one."""
    chance = random.Random(seed)
    yield from reposts(texts, chance)
    yield from strangers(texts, chance, count * 10)
    yield from same_event(chance, count)
    yield from templates(chance, count)
    yield from flashes(chance, count)


def found(pair: Pair) -> bool:
    """Whether the two would become one story."""
    one, other = story_of("a:1", pair.one), story_of("a:2", pair.other)
    return bool(one and other and set(one.bands) & set(other.bands) and is_same(one, other))


def judge(given: Iterator[Pair]) -> dict[str, tuple[bool, int, int]]:
    """By kind: whether they are the same, how many there are, how many were found to be the same."""
    counts: dict[str, list[bool]] = defaultdict(list)
    kinds: dict[str, bool] = {}
    for pair in given:
        kinds[pair.kind] = pair.same
        counts[pair.kind].append(found(pair))
    return {kind: (same, len(counts[kind]), sum(counts[kind])) for kind, same in kinds.items()}


def scores(judged: dict[str, tuple[bool, int, int]]) -> tuple[float, float]:
    """Precision and recall over all kinds."""
    right = sum(hits for same, _, hits in judged.values() if same)
    wrong = sum(hits for same, _, hits in judged.values() if not same)
    return right / max(1, right + wrong), right / sum(count for same, count, _ in judged.values() if same)


def cost(texts: list[str]) -> float:
    """Milliseconds of CPU for the marks of one text, the median of five rounds over all."""
    rounds = []
    for _ in range(5):
        begun = time.process_time()
        for text in texts:
            story_of("a:1", text)
        rounds.append((time.process_time() - begun) / len(texts) * 1000)
    return statistics.median(rounds)


def show(name: str, texts: list[str]) -> None:
    judged = judge(pairs(texts))
    precision, recall = scores(judged)
    print(f"\n{name}: {len(texts)} articles\n\n| kind | pairs | joined |\n|---|---:|---:|")
    for kind, (_, count, hits) in judged.items():
        print(f"| {kind} | {count:,} | {hits / count:.1%} |")
    print(f"\nprecision {precision:.3f}, recall {recall:.3f}")
    characters = sum(map(len, texts)) / len(texts)
    print(f"{cost(texts):.2f} ms an article of {characters:.0f} characters")


def main() -> None:
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter).parse_args()
    print(f"{datetime.now(UTC):%Y-%m-%d}")
    show("invented", invented(400))
    if real := real_texts():
        show("real pages", real)
    else:
        print("\nthe corpus of real pages is not beside the checkout: only invented articles were measured")


if __name__ == "__main__":
    main()
