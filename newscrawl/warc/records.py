"""WARC records of kept pages, as bytes.

An article is a group of records, one after the other: a `response` for each of its pages (a `revisit` where
the first page's body is kept already), then a `metadata` record with a note: what its list said, and who
fetched it. An article without a page of its own has only the note.

Requests are not kept, nor are cookies that a site set: they may be secrets.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from http.client import responses
from typing import TYPE_CHECKING, Final

from newscrawl.errors import UsageError
from newscrawl.model.draft import Entry
from newscrawl.warc.gzip_members import compressed

if TYPE_CHECKING:
    from warcio.recordloader import ArcWarcRecord

NOTE_TYPE: Final = "application/vnd.newscrawl.note+json"  #: Content-Type of a note
REVISIT: Final = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"  #: profile of a revisit

# Describe the transfer, or are secrets: the body is kept decoded and whole.
_TRANSFER = frozenset({"content-encoding", "transfer-encoding", "content-length"})
_SECRET = frozenset({"set-cookie", "set-cookie2"})
_NOTE_FORMAT = 1


def need_warcio() -> None:
    """Raises UsageError, with the remedy, if warcio is not installed."""
    try:
        import warcio  # noqa: F401
    except ImportError:
        raise UsageError(
            "keeping pages needs warcio, which is not installed: pip install 'newscrawl[archive]'"
        ) from None


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer. Its body is decoded as to the transfer, not as to characters."""

    url: str  #: after redirects
    status: int
    headers: Sequence[tuple[str, str]]
    body: bytes
    fetched: datetime  #: aware
    address: str | None = None  #: IP address of the server

    @property
    def content_type(self) -> str | None:
        """The header's value; None without one."""
        return next((value for name, value in self.headers if name.lower() == "content-type"), None)

    @property
    def digest(self) -> str:
        """Of the body: `sha1:` and base32, as WARC files have it."""
        return digest_of(self.body)


@dataclass(frozen=True, slots=True)
class Earlier:
    """Where the same body was kept before."""

    url: str
    fetched: datetime


@dataclass(frozen=True, slots=True)
class Note:
    """What is kept of an article beside its pages."""

    spider: str
    run: str
    fetched: datetime  #: aware; relative dates count from it
    entry: Entry  #: as its list shows it
    #: What the crawl found out of a site that no spider declares: `title`, `domain`, `outlet`, `language`,
    #: `zone`. None: the spider declares them.
    site: Mapping[str, str | None] | None = None


def digest_of(body: bytes) -> str:
    """`sha1:` and the base32 digest."""
    return f"sha1:{base64.b32encode(hashlib.sha1(body, usedforsecurity=False).digest()).decode()}"


def info_record(name: str, now: datetime) -> bytes:
    """The first record of a file: what wrote it."""
    from warcio.recordbuilder import RecordBuilder

    record = RecordBuilder(warc_version="1.1").create_warcinfo_record(
        name, {"software": "newscrawl", "format": "WARC file version 1.1"}
    )
    record.rec_headers.replace_header("WARC-Date", _timestamp(now))
    return _member(record)


def group(answers: Sequence[Answer], note: Note | None, earlier: Earlier | None = None) -> list[bytes]:
    """The records of an article: its answers, its note.

    earlier: of the same body as the first answer's. Answers without a note are of lists.
    """
    records, first = [], None
    for index, answer in enumerate(answers):
        record = _answer_record(answer, earlier if index == 0 else None, first)
        first = first or record.rec_headers.get_header("WARC-Record-ID")
        records.append(_member(record))
    if note is not None:
        records.append(_member(_note_record(note, answers[0].url if answers else None, first)))
    return records


def note_from_json(data: bytes) -> Note:
    """A note from the content of its record. Raises ValueError."""
    try:
        said = json.loads(data)
        if said["format"] != _NOTE_FORMAT:
            raise ValueError(f"a note of format {said['format']!r}; this newscrawl reads {_NOTE_FORMAT}")
        return Note(
            spider=said["spider"],
            run=said["run"],
            fetched=datetime.fromisoformat(said["fetched"]),
            entry=Entry.from_values(said["entry"]),
            site=said.get("site"),
        )
    except (KeyError, TypeError, UnicodeDecodeError) as error:
        raise ValueError(f"not a note of a kept page: {type(error).__name__}: {error}") from error


def _note_record(note: Note, url: str | None, first: str | None) -> ArcWarcRecord:
    said: dict[str, object] = {
        "format": _NOTE_FORMAT,
        "spider": note.spider,
        "run": note.run,
        "fetched": note.fetched.isoformat(),
        "entry": note.entry.to_values(),
    }
    if note.site is not None:
        said["site"] = dict(note.site)
    content = json.dumps(said, ensure_ascii=True).encode()  # a half character in what a list said survives
    headers = {"WARC-Concurrent-To": first} if first else {}
    return _record(
        url or note.entry.canonical_url,
        "metadata",
        content,
        {**headers, "WARC-Date": _timestamp(note.fetched)},
    )


def _answer_record(answer: Answer, earlier: Earlier | None, first: str | None) -> ArcWarcRecord:
    from warcio.statusandheaders import StatusAndHeaders

    headers = {"WARC-Date": _timestamp(answer.fetched), "WARC-Payload-Digest": answer.digest}
    if answer.address:
        headers["WARC-IP-Address"] = answer.address
    if first:
        headers["WARC-Concurrent-To"] = first
    if earlier:
        headers |= {
            "WARC-Profile": REVISIT,
            "WARC-Refers-To-Target-URI": earlier.url,
            "WARC-Refers-To-Date": _timestamp(earlier.fetched),
        }
    status = f"{answer.status} {responses.get(answer.status, 'Unknown')}"
    http = StatusAndHeaders(status, list(_kept_headers(answer)), protocol="HTTP/1.1")
    if earlier:
        return _record(answer.url, "revisit", b"", headers, http)
    return _record(answer.url, "response", answer.body, headers, http)


def _kept_headers(answer: Answer) -> Iterable[tuple[str, str]]:
    for name, value in answer.headers:
        lowered = name.lower()
        if lowered in _SECRET or lowered == "content-length":
            continue
        clean = " ".join(value.split())
        yield (f"X-Crawler-{name}" if lowered in _TRANSFER else name), clean
    yield "Content-Length", str(len(answer.body))


def _record(
    url: str, kind: str, content: bytes, headers: dict[str, str], http: object | None = None
) -> ArcWarcRecord:
    from warcio.recordbuilder import RecordBuilder

    builder = RecordBuilder(warc_version="1.1")
    return builder.create_warc_record(
        _one_line(url),
        kind,
        payload=io.BytesIO(content),
        length=len(content),
        warc_content_type=NOTE_TYPE if http is None else "",
        http_headers=http,
        warc_headers_dict=headers,
    )


def _member(record: ArcWarcRecord) -> bytes:
    from warcio.warcwriter import WARCWriter

    out = io.BytesIO()
    WARCWriter(out, gzip=False, warc_version="1.1").write_record(record)
    return compressed(out.getvalue())


def _one_line(url: str) -> str:
    """A URL in a header: a line break in it would begin another."""
    return "".join(url.split())


def _timestamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
