"""Frozen pages: a page next to what its spider extracts from it, so that tests notice changes of either.

`tests/pages/<spider>/<version>.html` is a page; the `.json` next to it has its address, when it counts as
fetched, and the extracted values.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from newscrawl.devtools.try_page import Fetched, read_trial
from newscrawl.errors import UsageError

if TYPE_CHECKING:
    from newscrawl.crawl.spider import NewsSpider
    from newscrawl.model.post import Post


@dataclass(frozen=True, slots=True)
class Frozen:
    """One frozen page. `gives` is the result of `reading_of` when it was frozen."""

    spider: str
    version: str  #: name of the page layout it belongs to, and of its file
    url: str
    fetched: datetime  #: aware
    content_type: str | None
    page: bytes
    gives: dict[str, Any]
    listed: dict[str, str]  #: what the list says of it, where the page does not say all: date, title, outlet


def frozen_pages(folder: Path) -> list[Frozen]:
    """All frozen pages below a folder, sorted by spider and version.

    Raises UsageError for a page without its JSON, a JSON without its page, or one that says too little.
    """
    found = {path.with_suffix("") for kind in ("html", "json") for path in folder.glob(f"*/*.{kind}")}
    return [_read(stem) for stem in sorted(found)]


def _read(stem: Path) -> Frozen:
    page, note = Path(f"{stem}.html"), Path(f"{stem}.json")
    for path in (page, note):
        if not path.is_file():
            raise UsageError(f"{path} is missing; newscrawl freeze writes a page and its JSON together")
    try:
        said = json.loads(note.read_text(encoding="utf-8"))
        return Frozen(
            spider=stem.parent.name,
            version=stem.name,
            url=said["url"],
            fetched=datetime.fromisoformat(said["fetched"]),
            content_type=said.get("content_type"),
            page=page.read_bytes(),
            gives=said["gives"],
            listed=said.get("listed", {}),
        )
    except (ValueError, KeyError) as error:
        raise UsageError(f"{note} cannot be read ({error}); newscrawl freeze rewrites it") from error


def reading_of(kind: type[NewsSpider], frozen: Frozen) -> dict[str, Any]:
    """What a spider extracts from a frozen page now: the fields of its post, or why it is rejected.

    `origins` has the rule of each field, `version` the page layout that matched.
    """
    fetched = Fetched(frozen.page, frozen.url, frozen.content_type)
    trial = read_trial(fetched, kind, frozen.fetched, frozen.listed)
    if trial.post is None:
        return {"rejected": list(trial.reasons), "version": trial.page_version}
    return {
        "version": trial.page_version,
        **_fields(trial.post),
        "origins": dict(sorted(trial.origins.items())),
    }


def _fields(post: Post) -> dict[str, Any]:
    """The fields of a post that come from its page; times on the source's clock."""
    return {
        "id": post.id,
        "title": post.title,
        "date": f"{post.date:%Y-%m-%dT%H:%M:%SZ}",
        "date_info": [post.date_info.offset, post.date_info.precision, post.date_info.origin],
        "source": post.source.name if post.source else None,
        "authors": post.authors,
        "editors": post.editors,
        "columns": post.categories[1:],
        "digest": post.digest,
        "text": post.body.text,
        "images": [image.url for image in post.body.images],
        "language": post.language,
    }


def write_frozen(
    folder: Path,
    kind: type[NewsSpider],
    page: Fetched,
    fetched: datetime,
    listed: dict[str, str] | None = None,
) -> Path:
    """Writes a page and what it gives now, named for the page layout that matched (`generic` for none).

    `listed` is what the article's list says of it, as printed: `title`, `date`, `outlet`, `digest`.
    Returns the JSON's path. Files that are there are written over.
    """
    frozen = Frozen(kind.name, "", page.url, fetched, page.content_type, page.body, {}, listed or {})
    gives = reading_of(kind, frozen)
    stem = folder / kind.name / (gives["version"] or "generic")
    stem.parent.mkdir(parents=True, exist_ok=True)
    Path(f"{stem}.html").write_bytes(page.body)
    note = {
        "url": page.url,
        "fetched": fetched.isoformat(),
        "content_type": page.content_type,
        **({"listed": listed} if listed else {}),
        "gives": gives,
    }
    Path(f"{stem}.json").write_text(
        json.dumps(note, ensure_ascii=False, indent=1) + "\n", encoding="utf-8", newline="\n"
    )
    return Path(f"{stem}.json")
