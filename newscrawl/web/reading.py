"""One post, and its history."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse

from newscrawl.post import Post
from newscrawl.web.asked import asked
from newscrawl.web.bodies import ShownBody, show_body
from newscrawl.web.desk import Desk, desk_of
from newscrawl.web.links import host_of, post_path, web_address

if TYPE_CHECKING:
    from markupsafe import Markup
    from starlette.requests import Request
    from starlette.responses import Response

_ASSUMED = {"zone": "时区", "year": "年份"}


class State(NamedTuple):
    """A post as it was at one time."""

    post: Post
    body: ShownBody
    changes: Markup | None  #: against the state before it, word by word


async def post(request: Request) -> Response:
    """`/post/<id>`; `?images=1` loads its pictures. Other names of the post lead to this one."""
    desk = desk_of(request)
    found = await _find(desk, request)
    here = post_path(found.id)
    pictures = asked(request, "images", 1) == "1"
    if request.path_params["id"] != found.id:
        return RedirectResponse(here, 301)
    body = show_body(found.body.html, found.body.images, pictures=pictures)
    siblings = await desk.posts.siblings(found)
    values: dict[str, Any] = {
        "post": found,
        "here": here,
        "body": body,
        "images": pictures,
        "digest_repeats": _repeats(found),
        "original": web_address(found.share_url) or web_address(found.canonical_url),
        "original_host": host_of(found.share_url) or host_of(found.canonical_url),
        "assumed": [_ASSUMED[each] for each in found.date_info.assumed],
        "siblings": siblings,
        "canonical": web_address(found.canonical_url) or here,
    }
    return desk.page(request, "post.html", values, body.hosts)


async def history(request: Request) -> Response:
    """`/post/<id>/history`: every state of it, the newest first."""
    desk = desk_of(request)
    found = await _find(desk, request)
    earlier = await desk.posts.revisions(found.id) if found.revision > 1 else []
    states = [State(each, _body(each), None) for each in reversed([*earlier, found])]
    values = {"post": found, "states": states, "canonical": f"{post_path(found.id)}/history"}
    return desk.page(request, "history.html", values)


async def _find(desk: Desk, request: Request) -> Post:
    found = await desk.posts.get(request.path_params["id"])
    if found is None:
        raise HTTPException(404)
    return found


def _body(state: Post) -> ShownBody:
    return show_body(state.body.html, state.body.images, pictures=False)


def _repeats(post: Post) -> bool:
    """Whether the digest says nothing that the title or the text's beginning does not."""
    digest = "".join((post.digest or "").split()).rstrip("…。.")
    text = "".join(post.body.text[: 4 * len(digest) + 40].split())
    return digest in post.title or digest[:200] in text
