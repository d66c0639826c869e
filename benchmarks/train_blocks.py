"""Train the block classifier on ../shared/pages and write newscrawl/page/body/blocks.json and trees.json.

    python -m benchmarks.train_blocks            cross-validated scores only
    python -m benchmarks.train_blocks --write    and the model, trained on all pages

Needs numpy, scipy and scikit-learn beside the project; reading pages needs none of them. All
scores are of pages whose site was not in the training set, with trafilatura asked where the
classifier is unsure, as read_page does.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression

from benchmarks import corpus
from benchmarks.labels import IN, UNKNOWN, labels_of
from newscrawl.page.body.classify import (
    _HOPELESS,
    SURE,
    TREE_INPUTS,
    Trees,
    as_tree,
    is_chinese,
    neighbour_rows,
    tree_inputs_of,
)
from newscrawl.page.body.fallback import add_missing_blocks, ask_trafilatura, embedded_article
from newscrawl.page.body.features import features_of
from newscrawl.page.body.select import is_unsure, select_blocks
from newscrawl.page.context import PageContext, context_from
from newscrawl.page.document.blocks import Block
from newscrawl.page.document.prose import BlockMeasures, words_of

MODEL = Path(__file__).resolve().parents[1] / "newscrawl" / "page" / "body" / "blocks.json"
TREES = MODEL.with_name("trees.json")
FOLDS, INNER = 5, 4
LEAST_SITES = 18  # sites on which a feature must hold to get a weight
FIRST_C, SECOND_C = 0.02, 0.1  # inverse strength of the regularization, by stage
TREE = {"max_iter": 60, "max_leaf_nodes": 6, "learning_rate": 0.15, "min_samples_leaf": 60}
#: Of a page of a set. WCXB has more pages than all others, and truths of other habits.
SET_WEIGHT = {
    "aeb": 1.5,
    "fundus": 3.0,
    "gne": 3.0,
    "newspaper4k": 2.5,
    "trafilatura": 1.5,
    "wcxb": 0.4,
}


@dataclass(slots=True, eq=False)
class Sample:
    """One page, ready to train on."""

    page: corpus.Page
    look: PageContext
    layout: BlockMeasures
    names: list[list[str] | None]
    labels: np.ndarray
    weights: np.ndarray
    first: np.ndarray = field(default_factory=lambda: np.zeros(0))
    second: np.ndarray = field(default_factory=lambda: np.zeros(0))
    inner: Sample | None = None  #: the article in the page's data, if there is one

    @property
    def blocks(self) -> list[Block]:
        return self.look.tree.blocks

    def figures(self) -> list[list[float]]:
        return tree_inputs_of(self.look.tree, self.look.hints(), self.layout, list(self.first))

    def context(self) -> np.ndarray:
        return np.array(neighbour_rows(self.blocks, list(self.first))).reshape(len(self.blocks), -1)

    def text(self) -> str:
        """As undeclared.fill_open_fields chooses it, without the articleBody of JSON-LD."""
        likely = list(self.second)
        chosen = select_blocks(self.look.tree, self.look.hints(), likely)
        if self.inner is not None and embedded_article(self.look, self.shown(chosen, "")) is not None:
            inner = select_blocks(self.inner.look.tree, self.inner.look.hints(), list(self.inner.second))
            return self.inner.shown(inner, "\n")
        shown = len(self.shown(chosen, ""))
        if is_unsure(self.look, likely, chosen) and (answer := ask_trafilatura(self.look, shown)) is not None:
            add_missing_blocks(answer, self.look, likely, chosen)
            return "\n".join(answer.itertext())
        return self.shown(chosen, "\n")

    def shown(self, chosen: set[int], between: str) -> str:
        return between.join(self.blocks[index].text for index in sorted(chosen))


@dataclass(slots=True)
class Stage:
    """A fitted regression: features by name, weights, and those of the context's numbers."""

    vocabulary: dict[str, int]
    weights: np.ndarray


def sample(page: corpus.Page) -> Sample:
    context = context_from(page.read(), url=page.url)
    one = _sample(page, context)
    if (inner := embedded_article(context, "")) is not None:
        one.inner = _sample(page, inner)
    return one


def _sample(page: corpus.Page, context: PageContext) -> Sample:
    blocks = context.tree.blocks
    labels = np.array(labels_of([block.text for block in blocks], page.truth["body"]), dtype=int)
    measures = BlockMeasures(blocks, context.hints().title)
    parts = features_of(context.tree, context.hints(), measures)
    names = [None if part is None else [name for group in part for name in group] for part in parts]
    return Sample(page, context, measures, names, labels, _weights(page.set, blocks, names, labels))


def _weights(name: str, blocks: list[Block], names: list[list[str] | None], labels: np.ndarray) -> np.ndarray:
    """Words count, pages count alike, and no block more than half a page."""
    words = np.array([2.0 + min(words_of(block), 80) for block in blocks])
    words[(labels == UNKNOWN) | np.array([n is None for n in names], dtype=bool)] = 0
    whole = words.sum() / 3 if name == "trafilatura" else max(words[labels == IN].sum(), 60.0)
    return np.minimum(words / (whole or 1.0), 0.5) * SET_WEIGHT.get(name, 1.0) * 50


def _vocabulary(samples: list[Sample]) -> dict[str, int]:
    sites: dict[str, set[str]] = defaultdict(set)
    for one in samples:
        for name in {name for names in one.names for name in names or ()}:
            sites[name].add(one.page.site)
    return {name: i for i, name in enumerate(sorted(n for n, s in sites.items() if len(s) >= LEAST_SITES))}


def _matrix(samples: list[Sample], vocabulary: dict[str, int], *, context: bool) -> Any:
    ends, columns = [0], []
    for one in samples:
        for names in one.names:
            columns += sorted({vocabulary[name] for name in names or () if name in vocabulary})
            ends.append(len(columns))
    shape = (len(ends) - 1, len(vocabulary))
    matrix = sparse.csr_matrix((np.ones(len(columns)), columns, ends), shape=shape)
    if not context:
        return matrix
    return sparse.hstack(
        [matrix, sparse.csr_matrix(np.vstack([one.context() for one in samples if one.blocks]))]
    ).tocsr()


def fit(samples: list[Sample], *, strength: float, context: bool) -> Stage:
    vocabulary = _vocabulary(samples)
    weights = np.concatenate([one.weights for one in samples])
    known = weights > 0
    matrix = _matrix(samples, vocabulary, context=context)[known]
    labels = np.concatenate([one.labels for one in samples])[known]
    regression = LogisticRegression(C=strength, max_iter=300, tol=1e-3, fit_intercept=False)
    regression.fit(matrix, labels == IN, sample_weight=weights[known])
    return Stage(vocabulary, regression.coef_[0])


def judge(samples: list[Sample], stage: Stage, *, context: bool) -> None:
    """Set each sample's `first`, or with context its `second`."""
    scores = _matrix(samples, stage.vocabulary, context=context) @ stage.weights
    at = 0
    for one in samples:
        here = 1 / (1 + np.exp(-np.clip(scores[at : at + len(one.blocks)], -30, 30)))
        at += len(one.blocks)
        here[[names is None for names in one.names]] = _HOPELESS
        if context:
            one.second = here
        else:
            one.first = here


def fit_trees(samples: list[Sample], seed: int) -> Trees:
    """Trees on what stage one said of the samples, which it has to have said without having seen them."""
    weights = np.concatenate([one.weights for one in samples])
    known = weights > 0
    rows = np.array([row for one in samples for row in one.figures()], dtype=float)[known]
    labels = np.concatenate([one.labels for one in samples])[known]
    boosted = HistGradientBoostingClassifier(
        **TREE, l2_regularization=5.0, early_stopping=False, random_state=seed
    )
    boosted.fit(rows, labels == IN, sample_weight=weights[known])
    start = round(float(boosted._baseline_prediction.ravel()[0]), 4)
    return Trees(start, tuple(as_tree(_nested(step[0].nodes, 0)) for step in boosted._predictors))


def _nested(nodes: Any, at: int) -> Any:
    """A tree of scikit-learn as nested lists, see newscrawl/page/body/classify.py."""
    node = nodes[at]
    if node["is_leaf"]:
        return round(float(node["value"]), 4)
    less, more = _nested(nodes, int(node["left"])), _nested(nodes, int(node["right"]))
    return [int(node["feature_idx"]), float(f"{node['num_threshold']:.6g}"), less, more]


def judge_by_trees(samples: list[Sample], trees: Trees) -> None:
    """Set each sample's `second` anew where it is in doubt, as classify.probabilities does."""
    for one in samples:
        if is_chinese(one.look.hints()):
            continue
        rows = one.figures()
        odds = np.log(np.maximum(one.second, 1e-13) / np.maximum(1 - one.second, 1e-13))
        for index in np.flatnonzero(np.abs(odds) < SURE):
            one.second[index] = 1 / (1 + np.exp(-(odds[index] + trees.log_odds(rows[index])) / 2))


def folds(samples: list[Sample], count: int, seed: int) -> list[int]:
    """A fold for each sample; pages of one site share it."""
    sites = sorted({one.page.site for one in samples})
    random.Random(seed).shuffle(sites)
    fold = {site: i % count for i, site in enumerate(sites)}
    return [fold[one.page.site] for one in samples]


def fit_all(samples: list[Sample], seed: int) -> tuple[Stage, Stage, Trees]:
    """Stage two and the trees learn from judgements that stage one made of sites it had not seen."""
    fold = folds(samples, INNER, seed)
    for i in range(INNER):
        outside = [one for one, f in zip(samples, fold, strict=True) if f != i]
        inside = [one for one, f in zip(samples, fold, strict=True) if f == i]
        judge(inside, fit(outside, strength=FIRST_C, context=False), context=False)
    second = fit(samples, strength=SECOND_C, context=True)
    return fit(samples, strength=FIRST_C, context=False), second, fit_trees(samples, seed)


def cross_validate(samples: list[Sample], seed: int) -> None:
    fold = folds(samples, FOLDS, seed)
    for i in range(FOLDS):
        learnt = [one for one, f in zip(samples, fold, strict=True) if f != i]
        first, second, trees = fit_all(learnt, seed + 7)
        held = [one for one, f in zip(samples, fold, strict=True) if f == i]
        held += [one.inner for one in held if one.inner is not None]
        judge(held, first, context=False)
        judge(held, second, context=True)
        judge_by_trees(held, trees)


def score(samples: list[Sample]) -> dict[str, float]:
    """Body F1 by set, with the metric of each."""
    by_set: dict[str, list[Sample]] = defaultdict(list)
    for one in samples:
        by_set[one.page.set].append(one)
    return {
        name: round(corpus.body_f1(name, [(s.text(), s.page.truth["body"]) for s in ones]), 4)
        for name, ones in by_set.items()
    }


def write(samples: list[Sample], scores: dict[str, float], place: Path) -> None:
    first, second, trees = fit_all(samples, 8)
    table = {
        "name": "block classifier, two-stage logistic regression, then trees.json",
        "made": datetime.now(UTC).date().isoformat(),
        "corpus": corpus.digest(place),
        "pages": len(samples),
        "cross_validated": scores,
        "first": _named(first),
        "second": _named(second),
        "context": [round(float(w), 3) for w in second.weights[len(second.vocabulary) :]],
    }
    MODEL.write_text(
        json.dumps(table, ensure_ascii=False, separators=(",", ":"), sort_keys=False) + "\n", encoding="utf-8"
    )

    _write_trees(trees, table)


def _write_trees(trees: Trees, table: dict[str, Any]) -> None:
    origin = {name: table[name] for name in ("made", "corpus", "pages")}
    heads = {"name": "boosted trees over the figures of a block", **origin, "figures": TREE_INPUTS}
    lines = ",\n".join(json.dumps(tree, separators=(",", ":")) for tree in trees.trees)
    head = json.dumps({**heads, "start": trees.start}, ensure_ascii=False, separators=(",", ":"))
    TREES.write_text(f'{head[:-1]},"trees":[\n{lines}\n]}}\n', encoding="utf-8")


def _named(stage: Stage) -> dict[str, float]:
    weights = {name: round(float(stage.weights[i]), 2) for name, i in stage.vocabulary.items()}
    return {name: weight for name, weight in weights.items() if weight}


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--write", action="store_true", help="write the model")
    parser.add_argument("--seeds", type=int, default=1, help="cross-validations with other folds to average")
    arguments = parser.parse_args()
    place = corpus.folder()
    if place is None:
        print("no pages: ../shared/pages is absent; set NEWSCRAWL_PAGES to where they lie", file=sys.stderr)
        return 2
    samples = [sample(page) for page in corpus.pages(place) if page.truth["body"]]
    runs = []
    for seed in range(1, arguments.seeds + 1):
        cross_validate(samples, seed)
        runs.append(score(samples))
        print(json.dumps(runs[-1]), flush=True)
    scores = {name: round(sum(run[name] for run in runs) / len(runs), 4) for name in runs[0]}
    if arguments.write:
        write(samples, scores, place)
    return 0


if __name__ == "__main__":
    sys.exit(main())
