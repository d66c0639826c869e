"""The fingerprint that says whether an article changed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable


def content_hash(*, title: str, text: str, outlet: str | None = None, images: Iterable[str] = ()) -> str:
    """32 hex digits that change when the article does.

    What counts: the title, the text, the outlet's name, and the file names of the pictures. What does
    not: white space, markup, the pictures' hosts and sizes in the query (they rotate), and the date:
    `3 hours ago` moves at each look.

    >>> content_hash(title="a b", text="c\\n\\nd") == content_hash(title="a  b", text="c d")
    True
    """
    digest = hashlib.sha256()
    files = (address.partition("?")[0].rpartition("/")[2] for address in images)
    for part in (title, text, outlet or "", "\n".join(files)):
        digest.update("".join(part.split()).encode("utf-8", "surrogatepass"))
        digest.update(b"\0")
    return digest.hexdigest()[:32]
