"""The formats of exports with one post per row: CSV for spreadsheets, JSON Lines for programs.

CSV has a byte-order mark and CRLF, as Excel needs. A row leaves out the HTML and the crawl, and cuts texts to
the size of an Excel cell. JSON Lines has the full post.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar

from newscrawl.export.jekyll.post_file import local_date
from newscrawl.model.post import Post, Security

#: UTF-16 units that an Excel cell holds; Excel spills the rest into the rows below.
CELL_LIMIT = 32_767

_UNFIT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufeff\ufffe\uffff\ud800-\udfff]")
# What makes a spreadsheet evaluate a cell: half width, full width and small forms, also after blanks and
# characters without width.
_SIGNS = "=+@＝＋－＠﹦﹢﹣﹫|%"
_NO_WIDTH = "\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069"
_FORMULA = re.compile(rf"[\s{_NO_WIDTH}]*[-{_SIGNS}]|[\t\n]")
# The same where a program that parts cells at `;` begins a cell or a row in a quoted text: for it, a quote
# there is written twice and quotes nothing. A list item's `- ` stays.
_INNER_FORMULA = re.compile(rf"(?<=[;\t\n])[^\S\t\n]*+(?=(?:[^\S\t\n]|[\"{_NO_WIDTH}])*+(?:[{_SIGNS}]|-\S))")

_COLUMNS: dict[str, Callable[[Post], str]] = {
    "id": lambda post: post.id,
    "date": lambda post: f"{local_date(post):%Y-%m-%d %H:%M:%S}",  # on the source's clock
    "date_utc": lambda post: _utc(post.date),
    "title": lambda post: " ".join(post.title.split()),
    "outlet": lambda post: post.source.name if post.source else "",
    "categories": lambda post: "; ".join(post.categories),
    "tags": lambda post: "; ".join(post.tags),
    "authors": lambda post: "; ".join(post.authors),
    "editors": lambda post: "; ".join(post.editors),
    "securities": lambda post: "; ".join(map(_security, post.securities)),
    "digest": lambda post: post.digest or "",
    "text": lambda post: post.body.text,
    "chars": lambda post: str(post.body.chars),
    "language": lambda post: post.language,
    "url": lambda post: post.share_url,
    "revision": lambda post: str(post.revision),
    "first_seen_utc": lambda post: _utc(post.first_seen),
    "updated_utc": lambda post: _utc(post.updated),
    "withdrawn_utc": lambda post: _utc(post.withdrawn.since if post.withdrawn else None),
    "returned_utc": lambda post: _utc(post.withdrawn.until if post.withdrawn else None),
    "access": lambda post: post.rights.access if post.rights else "",
    "tdm": lambda post: post.rights.tdm if post.rights else "",
    "tdm_allowed": lambda post: ("yes" if post.rights.tdm_allowed else "no") if post.rights else "",
    "licence": lambda post: (post.rights.licence or post.rights.licence_url or "") if post.rights else "",
    "copyright": lambda post: (post.rights.copyright or "") if post.rights else "",
}


class CsvRows:
    """One row per post; `head` is the byte-order mark and the column names."""

    head: ClassVar[bytes] = ("\ufeff" + ",".join(f'"{name}"' for name in _COLUMNS) + "\r\n").encode()

    def encode(self, post: Post) -> bytes:
        """The post's row. An apostrophe precedes what a spreadsheet would evaluate."""
        row = io.StringIO(newline="")
        writer = csv.writer(row, lineterminator="\r\n", quoting=csv.QUOTE_ALL)
        writer.writerow([cell(of(post)) for of in _COLUMNS.values()])
        return row.getvalue().encode("utf-8")


def cell(text: str) -> str:
    """A text that a spreadsheet shows as it is and never evaluates.

    >>> cell("=cmd|' /C calc'!A0"), cell(" +8%"), cell("北方网")
    ("'=cmd|' /C calc'!A0", "' +8%", '北方网')
    >>> cell("ferry; =1+1")
    "ferry; '=1+1"
    """
    text = _UNFIT.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    text = _INNER_FORMULA.sub(lambda blanks: f"{blanks.group()}'", text)
    if _FORMULA.match(text):
        text = f"'{text}"
    units = len(text.encode("utf-16-le")) // 2
    if units <= CELL_LIMIT:
        return text
    return text.encode("utf-16-le")[: 2 * (CELL_LIMIT - 1)].decode("utf-16-le", "ignore") + "…"


def _utc(moment: datetime | None) -> str:
    """A time in the form that spreadsheets recognize; empty for None."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S}" if moment else ""


def _security(security: Security) -> str:
    """`巨化股份 [1.600160]`; the brackets keep spreadsheets from reading a code as a number."""
    code = f"[{security.market}.{security.code}]"
    return f"{security.name} {code}" if security.name else code


@dataclass(frozen=True, slots=True)
class Jsonl:
    """One JSON document per line; `text` encodes a document on one line."""

    text: Callable[[dict[str, Any]], str]
    head: ClassVar[bytes] = b""

    def encode(self, post: Post) -> bytes:
        """One line. A lone surrogate is kept, as its JSON escape."""
        return self.text(post.to_document()).encode("utf-8", "backslashreplace") + b"\n"


def extended(document: dict[str, Any]) -> str:
    """MongoDB Extended JSON v2, relaxed, for mongoimport."""
    from bson.json_util import RELAXED_JSON_OPTIONS, dumps

    return dumps(document, json_options=RELAXED_JSON_OPTIONS, ensure_ascii=False)
