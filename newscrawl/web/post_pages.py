"""One post, and its history."""

from __future__ import annotations

import asyncio
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse

from newscrawl.model.post import Post
from newscrawl.read.diff import FieldChange, changes
from newscrawl.web.bodies import ShownBody, show_body
from newscrawl.web.context import WebContext, context_of
from newscrawl.web.languages import Language, msgid
from newscrawl.web.links import host_of, post_path, web_address
from newscrawl.web.request_query import query_value

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

STATES = 20  #: number of a post's latest states that are shown
_FIELDS = {
    "title": msgid("title"),
    "date": msgid("date"),
    "source": msgid("outlet"),
    "authors": msgid("authors"),
    "editors": msgid("editors"),
    "digest": msgid("summary"),
    "categories": msgid("categories"),
    "tags": msgid("tags"),
    "securities": msgid("securities"),
    "images": msgid("pictures"),
    "withdrawn": msgid("withdrawal"),
    "rights": msgid("rights"),
    "body": msgid("text"),
}
_ACCESS = {
    "free": msgid("free to read"),
    "metered": msgid("a limited number free to read"),
    "paid": msgid("for subscribers"),
}
_MINING = {
    "reserved": msgid("text and data mining reserved"),
    "allowed": msgid("text and data mining allowed"),
}
_ASSUMED = {"zone": msgid("time zone"), "year": msgid("year")}


class PostVersion(NamedTuple):
    """A post as it was at one time."""

    post: Post
    body: ShownBody
    changes: list[FieldChange]  #: from the previous state, word by word; empty for the first


async def post(request: Request) -> Response:
    """`/post/<id>`; `?images=1` loads its pictures. Other names of the post redirect here."""
    context = context_of(request)
    found = await _find(context, request)
    here = post_path(found.id)
    pictures = query_value(request, "images", 1) == "1"
    if request.path_params["id"] != found.id:
        return RedirectResponse(here, 301)
    language = context.language_of(request)
    body = show_body(found.body.html, found.body.images, language, pictures=pictures)
    siblings = await context.posts.siblings(found)
    values: dict[str, Any] = {
        "post": found,
        "here": here,
        "body": body,
        "images": pictures,
        "digest_repeats": _repeats(found),
        "original": web_address(found.share_url) or web_address(found.canonical_url),
        "original_host": host_of(found.share_url) or host_of(found.canonical_url),
        "assumed": [language.gettext(_ASSUMED[each]) for each in found.date_info.assumed],
        "siblings": siblings,
        "rights": _rights(found, language),
        "names": await context.posts.names(found.categories),
        "canonical": web_address(found.canonical_url) or here,
    }
    return context.page(request, "post.html", values, body.hosts)


async def history(request: Request) -> Response:
    """`/post/<id>/history`: its states, newest first."""
    context = context_of(request)
    found = await _find(context, request)
    earlier = await context.posts.revisions(found.id) if found.revision > 1 else []
    language = context.language_of(request)
    all_of_it = [*earlier, found][-STATES:]
    steps = [[], *(await asyncio.to_thread(_steps, all_of_it))]
    states = [
        PostVersion(post, _body(post, language), step) for post, step in zip(all_of_it, steps, strict=True)
    ]
    values: dict[str, Any] = {
        "post": found,
        "states": states[::-1],
        "fields": {name: language.gettext(words) for name, words in _FIELDS.items()},
        "all": len(earlier) + 1,
    }
    values["canonical"] = f"{post_path(found.id)}/history"
    return context.page(request, "history.html", values)


async def _find(context: WebContext, request: Request) -> Post:
    found = await context.posts.get(request.path_params["id"])
    if found is None:
        raise HTTPException(404)
    return found


def _steps(states: list[Post]) -> list[list[FieldChange]]:
    """What changed from each state to the next. Runs in a thread, because a large text takes a while."""
    return [changes(old, new) for old, new in pairwise(states)]


def _body(state: Post, language: Language) -> ShownBody:
    return show_body(state.body.html, state.body.images, language, pictures=False)


def _rights(post: Post, language: Language) -> list[str]:
    """What its source says of its use, as words for people."""
    if (rights := post.rights) is None:
        return []
    said = [_ACCESS.get(rights.access), _MINING.get(rights.tdm)]
    if rights.licence:
        licence = language.gettext("licence: {licence}").format(licence=rights.licence)
    else:
        licence = None
    reprint = language.gettext("no reprints") if rights.reprint else None
    told = [language.gettext(one) for one in said if one]
    return [one for one in (*told, licence, reprint, rights.copyright) if one]


def _repeats(post: Post) -> bool:
    """Whether the digest only repeats the title or the beginning of the text."""
    digest = "".join((post.digest or "").split()).rstrip("…。.")
    text = "".join(post.body.text[: 4 * len(digest) + 40].split())
    return digest in post.title or digest[:200] in text
