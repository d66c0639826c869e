"""Posts as feeds: Atom (RFC 4287), RSS 2.0, JSON Feed 1.1. Pure functions: posts and FeedInfo to bytes.

Entries keep the given order, each with its full sanitized content. An entry's id is a `urn:uuid:` derived
from the post's `_id`: it is the same in every format, on every site and after every change.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html import escape
from urllib.parse import urlsplit

from newscrawl.export.feed_text import atom_link, iso, line, plain, rfc822, tag, utf8, web, xml
from newscrawl.export.withdrawal_note import note_html
from newscrawl.model.post import Post

#: The media type of each format.
MEDIA_TYPES = {
    "atom": "application/atom+xml; charset=utf-8",
    "rss": "application/rss+xml; charset=utf-8",
    "jsonfeed": "application/feed+json; charset=utf-8",
}

_OURS = uuid.UUID("6c1b7e0e-5f0c-4b7f-9d0a-3a1c7d6d2f10")  # the namespace of our ids; must never change
_DECLARATION = '<?xml version="1.0" encoding="utf-8"?>\n'
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


def original(post: Post) -> str:
    """The post's page at its source, for people."""
    return post.share_url


@dataclass(frozen=True, slots=True)
class FeedInfo:
    """A feed's own title, addresses and language."""

    title: str
    home: str  #: `https://news.example.com/`: the page that the feed belongs to
    address: str | None = None  #: of the feed itself; None if unknown
    language: str = "zh-CN"  #: BCP 47
    description: str | None = None  #: None for the title
    generator: str = "newscrawl"
    link: Callable[[Post], str] = field(default=original)  #: the page of a post

    @property
    def id(self) -> str:
        """The feed's own urn: of its address, else of home and title."""
        return _urn(f"feed {self.address or f'{self.home} {self.title}'}")


def atom(posts: Iterable[Post], info: FeedInfo) -> bytes:
    """An Atom feed. `updated` is that of the newest entry; 1970 without entries."""
    entries = list(posts)
    newest = max((_changed(post) for post in entries), default=_NEVER)
    head = [
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{xml(info.language)}">',
        tag("id", info.id),
        tag("title", line(info.title)),
        tag("updated", iso(newest)),
        tag("generator", info.generator),
        atom_link("alternate", info.home, "text/html"),
    ]
    if info.description:
        head.append(tag("subtitle", line(info.description)))
    if info.address:
        head.append(atom_link("self", info.address, "application/atom+xml"))
    parts = [*head, *(_atom_entry(post, info) for post in entries), "</feed>\n"]
    return utf8(_DECLARATION + "\n".join(parts))


def rss(posts: Iterable[Post], info: FeedInfo) -> bytes:
    """An RSS 2.0 feed, with atom:link to itself, content:encoded and dc:creator."""
    entries = list(posts)
    head = [
        '<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"'
        ' xmlns:content="http://purl.org/rss/1.0/modules/content/"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/">',
        "<channel>",
        tag("title", line(info.title)),
        tag("link", web(info.home) or ""),
        tag("description", line(info.description or info.title)),
        tag("language", info.language),
        tag("generator", info.generator),
    ]
    if entries:
        head.append(tag("lastBuildDate", rfc822(max(map(_changed, entries)))))
    if info.address:
        head.append(atom_link("self", info.address, "application/rss+xml", "atom:"))
    items = (_rss_item(post, info) for post in entries)
    return utf8(_DECLARATION + "\n".join([*head, *items, "</channel>", "</rss>\n"]))


def jsonfeed(posts: Iterable[Post], info: FeedInfo) -> bytes:
    """A JSON Feed 1.1."""
    feed: dict[str, object] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": line(info.title),
        "home_page_url": web(info.home),
        "feed_url": web(info.address),
        "description": info.description,
        "language": info.language,
    }
    whole = {**_filled(feed), "items": [_json_item(post, info) for post in posts]}
    return utf8(json.dumps(whole, ensure_ascii=False, indent=1) + "\n")


def _atom_entry(post: Post, info: FeedInfo) -> str:
    parts = [
        "<entry>",
        tag("id", entry_id(post)),
        tag("title", _title(post)),
        tag("published", iso(post.date)),
        tag("updated", iso(_changed(post))),
        atom_link("alternate", info.link(post), "text/html"),
        # Atom requires an author for every entry; if nobody is named, it is the site.
        *(f"<author>{tag('name', name)}</author>" for name in _creators(post) or [_host(post)]),
        *(
            f'<category term="{xml(category)}"{_label(post, n)}/>'
            for n, category in enumerate(post.categories)
        ),
    ]
    if post.digest:
        parts.append(tag("summary", line(post.digest)))
    parts += [tag("rights", line(said)) for said in _rights_line(post)]
    if post.rights and (licence := web(post.rights.licence_url or "")):
        parts.append(atom_link("license", licence, "text/html"))
    language = "" if post.language == info.language else f' xml:lang="{xml(post.language)}"'
    parts.append(f'<content type="html"{language}>{xml(_content(post))}</content>')
    return "\n".join([*parts, "</entry>"])


def _rss_item(post: Post, info: FeedInfo) -> str:
    parts = [
        "<item>",
        tag("title", _title(post)),
        *(tag("link", page) for page in [web(info.link(post))] if page),
        f'<guid isPermaLink="false">{entry_id(post)}</guid>',
        tag("pubDate", rfc822(post.date)),
        *(tag("dc:creator", name) for name in _creators(post)),
        *(tag("category", name) for name in post.tags or post.categories),
        # Most readers treat plain text in RSS as HTML.
        tag("description", escape(line(post.digest or _beginning(post)), quote=False)),
        tag("content:encoded", _content(post)),
        *(tag("dc:rights", line(said)) for said in _rights_line(post)),
        "</item>",
    ]
    return "\n".join(parts)


def _json_item(post: Post, info: FeedInfo) -> dict[str, object]:
    return _filled(
        {
            "id": entry_id(post),
            "url": web(info.link(post)),
            "title": _title(post),
            "content_html": plain(_content(post)),
            "summary": line(post.digest) if post.digest else None,
            "date_published": iso(post.date),
            "date_modified": iso(_changed(post)),
            "authors": [{"name": line(name)} for name in _creators(post)],
            "tags": list(dict.fromkeys([*post.tags, *post.categories])),
            "language": post.language,
            "_newscrawl": _own(post) or None,
        }
    )


def _rights_line(post: Post) -> list[str]:
    """The copyright line and the notice against reprints, as their source prints them."""
    if post.rights is None:
        return []
    said = dict.fromkeys(one for one in (post.rights.copyright, post.rights.reprint) if one)
    return [" ".join(said)] if said else []


def _own(post: Post) -> dict[str, object]:
    """What JSON Feed has no place for."""
    own: dict[str, object] = {}
    if post.withdrawn and post.is_withdrawn:
        own["withdrawn"] = iso(post.withdrawn.since)
    if post.rights is not None:
        said = (
            "access",
            "tdm",
            "tdm_allowed",
            "licence",
            "licence_url",
            "tdm_policy",
            "copyright",
            "reprint",
        )
        own["rights"] = {name: value for name in said if (value := getattr(post.rights, name)) is not None}
    return own


def entry_id(post: Post) -> str:
    """`urn:uuid:…`, from the post's `_id` alone."""
    return _urn(f"post {post.id}")


def _urn(name: str) -> str:
    return uuid.uuid5(_OURS, name.encode("utf-8", "replace").decode()).urn


def _creators(post: Post) -> list[str]:
    """Its authors, else the outlet."""
    names = post.authors or ([post.source.name] if post.source else [])
    return [name for name in map(line, names) if name]


def _host(post: Post) -> str:
    return urlsplit(web(post.canonical_url) or "").hostname or "unknown"


def _label(post: Post, number: int) -> str:
    """The categories; the first is the outlet's, shown by its name."""
    return f' label="{xml(line(post.source.name))}"' if number == 0 and post.source else ""


def _changed(post: Post) -> datetime:
    """When it was published, or last changed if that is later."""
    return max(post.date, post.updated or post.date)


def _title(post: Post) -> str:
    return line(post.title) or post.id


def _content(post: Post) -> str:
    """The HTML, preceded by a note if the source withdrew the post."""
    return note_html(post) + post.body.html


def _beginning(post: Post) -> str:
    text = " ".join(post.body.text.split())
    return text if len(text) <= 200 else f"{text[:200]}…"


def _filled(fields: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in fields.items() if value not in (None, [])}


WRITERS: dict[str, Callable[[Iterable[Post], FeedInfo], bytes]] = {
    "atom": atom,
    "rss": rss,
    "jsonfeed": jsonfeed,
}
