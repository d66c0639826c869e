"""The pages with their truth that the page reader is measured and trained on, and the metrics.

The corpus lies beside the checkout (`../shared/pages`), or where `NEWSCRAWL_PAGES` says; its
README describes it. It is not part of the package.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

SETS = (
    "aeb",
    "trafilatura",
    "htmldate",
    "fundus",
    "gne",
    "newspaper4k",
    "eastmoney",
    "eastmoney_tpl",
    "wcxb",
)
NO_URL = "https://unknown.invalid/"  #: given where the truth has no address

_WORD = re.compile(r"\w+")
_TOKEN = re.compile(
    r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]+|[^\W\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]+"
)
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a set, with what is known of it."""

    set: str
    id: str
    path: Path
    truth: dict[str, Any]

    def read(self) -> bytes:
        return gzip.decompress(self.path.read_bytes())

    @property
    def url(self) -> str:
        return self.truth["url"] or NO_URL

    @property
    def site(self) -> str:
        """What cross-validation must not split: the registrable domain, or nearly; else the publisher."""
        host = urlsplit(self.truth["url"] or "").hostname
        if host is None:
            return f"{self.set}:{re.split(r'[_.]', self.id)[0]}"
        if self.set.startswith("eastmoney"):
            return "eastmoney.com"
        parts = host.removeprefix("www.").split(".")
        wide = (
            len(parts) > 2 and len(parts[-1]) == 2 and parts[-2] in {"co", "com", "org", "ac", "gov", "net"}
        )
        return ".".join(parts[-3:] if wide else parts[-2:])


def folder() -> Path | None:
    """Where the corpus lies; None if it is not there."""
    named = os.environ.get("NEWSCRAWL_PAGES")
    place = Path(named) if named else Path(__file__).resolve().parents[2] / "shared" / "pages"
    return place if (place / "README.md").is_file() else None


def pages(place: Path, sets: tuple[str, ...] = SETS) -> Iterator[Page]:
    for name in sets:
        # Not splitlines, which cuts the truths at the U+2028 that some contain.
        for line in (place / name / "truth.jsonl").read_text(encoding="utf-8").rstrip("\n").split("\n"):
            truth = json.loads(line)
            yield Page(name, truth["id"], place / name / "pages" / f"{truth['id']}.html.gz", truth)


def digest(place: Path) -> str:
    """12 hex digits of the corpus: of its truths and the names of its pages."""
    hashed = hashlib.sha256()
    for name in SETS:
        hashed.update((place / name / "truth.jsonl").read_bytes())
        hashed.update(" ".join(sorted(p.name for p in (place / name / "pages").iterdir())).encode())
    return hashed.hexdigest()[:12]


# --- the metrics of the corpus's README ---


def shingle_counts(got: str, truth: str) -> tuple[float, float]:
    """Precision and recall over 4-gram shingles of words, of one page."""
    ours, theirs = _shingles(got), _shingles(truth)
    common = sum((ours & theirs).values())
    precision = common / sum(ours.values()) if ours else 0.0
    recall = common / sum(theirs.values()) if theirs else 1.0
    return precision, recall


def _shingles(text: str) -> Counter[tuple[str, ...]]:
    words = _WORD.findall(text)
    if not words:
        return Counter()
    return Counter(tuple(words[i : i + 4]) for i in range(max(1, len(words) - 3)))


def token_f1(got: str, truth: str) -> float:
    """F1 of lower-cased words, runs of CJK cut into character bigrams."""
    ours, theirs = tokens(got), tokens(truth)
    common = sum((ours & theirs).values())
    total = sum(ours.values()) + sum(theirs.values())
    return 2 * common / total if total else 1.0


def tokens(text: str) -> Counter[str]:
    found: Counter[str] = Counter()
    for run in _TOKEN.findall(text.lower()):
        if _CJK.match(run) and len(run) > 1:
            found.update(run[i : i + 2] for i in range(len(run) - 1))
        else:
            found[run] += 1
    return found


def snippet_counts(got: str, truth: dict[str, list[str]]) -> tuple[int, int, int]:
    """Snippets found that must be there, found that must not, and missing, of one page."""
    text = folded(got)
    right = sum(folded(snippet) in text for snippet in truth["with"])
    wrong = sum(folded(snippet) in text for snippet in truth["without"])
    return right, wrong, len(truth["with"]) - right


def folded(text: str) -> str:
    return " ".join(text.split())


def body_f1(name: str, pairs: list[tuple[str, Any]]) -> float:
    """The body score of a set's pages, each as text and truth, with the metric of that set."""
    if name == "aeb":
        counts = [shingle_counts(got, truth) for got, truth in pairs]
        precision, recall = (sum(column) / len(counts) for column in zip(*counts, strict=True))
        return float(2 * precision * recall / ((precision + recall) or 1))
    if name == "trafilatura":
        right, wrong, missing = (
            sum(column) for column in zip(*(snippet_counts(*pair) for pair in pairs), strict=True)
        )
        return float(2 * right / ((2 * right + wrong + missing) or 1))
    return sum(token_f1(*pair) for pair in pairs) / len(pairs)
