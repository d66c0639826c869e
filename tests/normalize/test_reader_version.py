"""READER_VERSION changes when reading does: posts that were read by older rules are told by it.

`reader_version.json` has a digest of what each frozen page gave when the version was raised. After a change
of the rules: raise READER_VERSION in newscrawl/model/post.py, then run
`python -m tests.normalize.test_reader_version`.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from newscrawl.crawl.runner import spider_class
from newscrawl.devtools.fixtures import frozen_pages, reading_of
from newscrawl.model.post import READER_VERSION

PAGES = Path(__file__).parents[1] / "pages"
NOTED = Path(__file__).with_name("reader_version.json")
REMEDY = (
    "raise READER_VERSION in newscrawl/model/post.py, say so in CHANGELOG.md, then run"
    " python -m tests.normalize.test_reader_version"
)
WRITE = "run python -m tests.normalize.test_reader_version, which notes the pages"


def readings() -> dict[str, str]:
    """A digest of what each frozen page gives now, by spider and version."""
    return {f"{page.spider}/{page.version}": _digest(page.spider, page) for page in frozen_pages(PAGES)}


def _digest(spider: str, page: object) -> str:
    given = reading_of(spider_class(spider), page)  # type: ignore[arg-type]
    given = {name: value for name, value in given.items() if name not in ("origins", "version")}
    said = json.dumps(given, sort_keys=True, ensure_ascii=True, default=str)
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def fault(noted_version: int, noted: dict[str, str], version: int, now: dict[str, str]) -> str | None:
    """What is to be done; None if the version fits the readings."""
    changed = sorted(name for name, digest in noted.items() if now.get(name, digest) != digest)
    if changed and version <= noted_version:
        names = ", ".join(changed[:5])
        return f"{len(changed)} frozen pages read otherwise than by version {version}: {names}; {REMEDY}"
    if changed or version != noted_version or noted.keys() != now.keys():
        return f"reader_version.json is of version {noted_version}, or of other pages; {WRITE}"
    return None


def _noted() -> tuple[int, dict[str, str]]:
    said = json.loads(NOTED.read_text(encoding="utf-8"))
    return said["version"], said["readings"]


def test_the_version_is_raised_when_a_frozen_page_reads_otherwise() -> None:
    problem = fault(*_noted(), READER_VERSION, readings())
    assert problem is None, problem


def test_what_is_asked_for_when_a_reading_changes() -> None:
    noted, now = {"a/1": "x", "b/1": "y"}, {"a/1": "x", "b/1": "z"}
    assert fault(1, noted, 1, noted) is None
    assert "b/1; raise READER_VERSION" in str(fault(1, noted, 1, now))
    assert "which notes the pages" in str(fault(1, noted, 2, now))
    assert "which notes the pages" in str(fault(1, noted, 1, {**noted, "c/1": "new"}))
    assert "which notes the pages" in str(fault(1, noted, 1, {"a/1": "x"}))


def write() -> None:
    """Notes today's readings. Exits if they are others and the version is not raised."""
    now = readings()
    if NOTED.exists():
        version, noted = _noted()
        if (problem := fault(version, noted, READER_VERSION, now)) and REMEDY in problem:
            raise SystemExit(problem)
    said = {"version": READER_VERSION, "readings": now}
    NOTED.write_text(json.dumps(said, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    write()
