"""Record: a document to be written, as held in the buffer and in the spool."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Self

import bson
from bson.codec_options import CodecOptions
from bson.errors import BSONError
from bson.raw_bson import RawBSONDocument

from newscrawl.errors import Unstorable
from newscrawl.model.draft import Reject
from newscrawl.model.post import PageLocation, Post
from newscrawl.search.near_duplicates import story_of

if TYPE_CHECKING:
    from newscrawl.model.draft import Entry
    from newscrawl.model.ledger import Outcome

Kind = Literal["post", "touch", "look", "reject", "run"]

#: Bytes per document; MongoDB accepts 16 MiB, and a revision is a little larger than its post.
DOCUMENT_LIMIT = 16_000_000
PAGE_LIMIT = 100_000  #: characters of a reject's page
_VALUE_LIMIT = 2_000  # characters of each value in a reject

_RAW: CodecOptions[RawBSONDocument] = CodecOptions(document_class=RawBSONDocument, tz_aware=True)
_SIZE = struct.Struct("<i")  # a document's first bytes; it ends with a zero byte
_PLAIN: CodecOptions[dict[str, Any]] = CodecOptions(tz_aware=True)


@dataclass(frozen=True, slots=True)
class Record:
    """A document encoded once for buffer, wire and spool.

    A post's story is separate, because it is linked to others before the post is written.
    """

    kind: Kind
    id: str  #: the post's for `post`, `touch`, `look` and `reject`; else the document's
    at: datetime  #: when it was queued, UTC, whole milliseconds
    raw: bytes  #: BSON; for a post without `story`; for a touch an empty document
    content_hash: str = ""  #: of a post
    date: datetime | None = None  #: of a post
    #: Of a post, with the bands, which are not stored in the post; None: too little text.
    story: Mapping[str, Any] | None = None

    @property
    def document(self) -> dict[str, Any]:
        """The decoded document; times are UTC."""
        return bson.decode(self._whole(), _PLAIN)

    @property
    def raw_document(self) -> RawBSONDocument:
        """The document for a write, undecoded."""
        return RawBSONDocument(self._whole())

    def to_bson(self) -> bytes:
        """The whole record, for the spool."""
        bands = list(self.story.get("bands", ())) if self.story else []
        whole = {"kind": self.kind, "id": self.id, "at": self.at, "hash": self.content_hash, "bands": bands}
        return bson.encode({**whole, "document": self.raw_document})

    @classmethod
    def from_bson(cls, data: bytes) -> Self:
        """From `to_bson`. Raises ValueError for anything else."""
        try:
            whole = bson.decode(data, _RAW)
            document = whole["document"]
            raw, date, story = bytes(document.raw), None, None
            if whole["kind"] == "post":
                raw, date, story = _apart(document)
                if story and "bands" in whole:  # written by an older newscrawl
                    story["bands"] = list(whole["bands"])
            return cls(whole["kind"], whole["id"], whole["at"], raw, whole["hash"], date, story)
        except (BSONError, KeyError, AttributeError) as error:
            raise ValueError(f"not a record of newscrawl's spool: {error}") from error

    def _whole(self) -> bytes:
        if self.kind != "post":
            return self.raw
        story = bson.encode({"story": self.story and without_bands(self.story)})
        size = _SIZE.pack(len(self.raw) + len(story) - _SIZE.size - 1)
        return b"".join((size, self.raw[_SIZE.size : -1], story[_SIZE.size :]))


class Result(NamedTuple):
    """The outcome of a post, touch or look."""

    id: str
    outcome: Outcome
    reason: str | None = None  #: why it was rejected


def without_bands(story: Mapping[str, Any]) -> dict[str, Any]:
    """A story as stored in a post."""
    return {name: value for name, value in story.items() if name != "bands"}


def _apart(document: Mapping[str, Any]) -> tuple[bytes, datetime, dict[str, Any] | None]:
    """Splits a post's document: the rest as BSON, the date, the story."""
    rest = bson.encode({name: value for name, value in document.items() if name != "story"})
    story = document.get("story")
    return rest, document["date"], story and bson.decode(story.raw)


def whole_milliseconds(moment: datetime) -> datetime:
    """As MongoDB keeps it."""
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def post_record(post: Post, at: datetime) -> Record:
    """A new post, with the store's own fields set. Raises Unstorable."""
    document = post.to_document()
    marks = document.pop("story")
    was_read = marks is not None and marks.get("clauses") and not marks.get("bands")  # an import
    if (marks is None or was_read) and (story := story_of(post.id, post.body.text)):
        marks = story.to_document() | ({"first": marks["first"]} if marks else {})
    document |= {"first_seen": at, "last_seen": at, "updated": None, "revision": 1, "search_pending": True}
    return Record("post", post.id, at, _encode(document), post.content_hash, post.date, marks)


def touch_record(post_id: str, at: datetime) -> Record:
    """A post was seen unchanged."""
    return Record("touch", post_id, at, bson.encode({}))


def look_record(post_id: str, status: int | None, at: datetime) -> Record:
    """A post's article was gone, with the response's status; None: it was there again."""
    return Record("look", post_id, at, bson.encode({"status": status}))


def reject_record(reject: Reject, at: datetime) -> Record:
    """A reject; one document per article and reasons. Raises Unstorable."""
    document = asdict(reject)
    reasons = list(reject.reasons)
    distinct = hashlib.sha256("\n".join(reasons).encode("utf-8", "replace")).hexdigest()[:12]
    document |= {
        "_id": _clean(f"{document.pop('id')}#{distinct}", _VALUE_LIMIT),
        "post": _clean(reject.id, _VALUE_LIMIT),
        "url": _clean(reject.url, _VALUE_LIMIT),
        "reasons": [_clean(reason, _VALUE_LIMIT) for reason in reasons],
        "page": reject.page and _clean(reject.page, PAGE_LIMIT),
        "values": {name: _clean(value, _VALUE_LIMIT) for name, value in reject.values.items()},
        "listed": _listed(reject.listed) if reject.listed else None,
    }
    return Record("reject", reject.id, at, _encode(document))


def _listed(entry: Entry) -> dict[str, Any]:
    """A list's values, without empty ones and without the article's text, which is as long as a page.

    If the list had the text, its other values alone do not make the post.
    """
    said = replace(
        entry, page_optional=entry.page_optional and not entry.text, text=None, changed=None
    ).to_values()
    del said["id"]
    return {name: _storable(value, PAGE_LIMIT) for name, value in said.items()}


def run_record(run: dict[str, Any], at: datetime) -> Record:
    """A run's document, by its `_id`. Raises Unstorable."""
    return Record("run", str(run["_id"]), at, _encode(_storable(run)))


def refusal(post: Post | Record, words: str, at: datetime) -> Record:
    """The reject of a post that the database refuses, with its message."""
    document = post.document if isinstance(post, Record) else post.to_document()
    crawl = document["crawl"]
    page = crawl.get("page")
    reject = Reject(
        id=str(document["_id"]),
        url=str(document["url"]),
        reasons=(words,),
        spider=crawl["spider"],
        run=crawl["run"],
        fetched=crawl["fetched"],
        page=str(document["body"]["html"]),
        values={"title": str(document["title"]), "date": str(document["date"])},
        kept=PageLocation(**page) if page else None,
        reader=crawl.get("reader"),
    )
    return reject_record(reject, at)


def _encode(document: dict[str, Any]) -> bytes:
    try:
        raw = bson.encode(document)
    except (BSONError, UnicodeError, OverflowError, RecursionError, TypeError) as error:
        raise Unstorable(f"cannot be stored: {type(error).__name__}: {str(error)[:200]}") from error
    if len(raw) > DOCUMENT_LIMIT:
        raise Unstorable(f"cannot be stored: {len(raw):,} bytes, the limit is {DOCUMENT_LIMIT:,}")
    return raw


def _storable(value: Any, limit: int = _VALUE_LIMIT) -> Any:
    """The value with all texts cleaned: a run's counts and arguments contain text from sites."""
    if isinstance(value, str):
        return _clean(value, limit)
    if isinstance(value, dict):
        names = {name: _clean(name, _VALUE_LIMIT).replace("\0", " ") for name in value}
        return {names[name]: _storable(one, limit) for name, one in value.items()}
    return [_storable(one, limit) for one in value] if isinstance(value, list | tuple) else value


def _clean(text: str, limit: int) -> str:
    """The beginning of the text without lone surrogates, which BSON cannot hold."""
    return text[:limit].encode("utf-8", "replace").decode()
