"""Exports the posts as a Jekyll site and keeps it up to date: only changes are read and written."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal, get_args

from newscrawl.errors import UsageError
from newscrawl.export.atomic_write import read_if_there, unwritable, write_whole
from newscrawl.export.jekyll.post_file import SiteAddress, file_name, render, shelf
from newscrawl.export.jekyll.site_files import FORM, SiteInfo, pages
from newscrawl.export.jekyll.site_queries import SitePosts
from newscrawl.export.jekyll.site_state import SitePage, SiteState, digest, opened
from newscrawl.model.post import Post
from newscrawl.read import Query

#: A revision from a spool is stored long after it was made; revisions are compared this far back.
OVERLAP = timedelta(days=7)

TITLE = "新闻"  #: default title of a site

Handling = Literal["note", "omit"]  #: of withdrawn posts: a page with a note, or no page
HANDLINGS: tuple[Handling, ...] = get_args(Handling)

_BATCH = 200  # posts held in memory
_DRAFT = re.compile(r"\.\d{4}-\d\d-\d\d-[\w-]+\.md\.\d+")


@dataclass(slots=True)
class SiteCounts:
    """The result of exporting a site."""

    written: int = 0  #: pages of posts that are new or changed
    same: int = 0  #: pages that already had this content
    removed: int = 0  #: pages whose posts are gone
    posts: int = 0  #: pages of posts in the site now
    files: int = 0  #: other files written
    kept: list[str] = field(
        default_factory=list
    )  #: files left alone because somebody else wrote or edited them


@dataclass(frozen=True, slots=True)
class SiteJob:
    """Which site to export, with which posts."""

    folder: Path
    query: Query
    site: SiteAddress | None = None  #: None: as before, or DEFAULT_SITE the first time
    title: str | None = None  #: None: as before, or TITLE the first time
    everything: bool = False  #: check every post, not only those that changed
    withdrawn: Handling | None = (
        None  #: how to treat withdrawn posts; None: as before, or `note` the first time
    )


def export_site(
    posts: SitePosts, job: SiteJob, now: datetime, progress: Callable[[SiteCounts], None] | None = None
) -> SiteCounts:
    """Brings a site up to date with the database; the folder is created if missing.

    Files are written atomically, and unchanged ones are not touched. A page is removed only if it is as we
    wrote it and its post is no longer in the database, or is withdrawn and such posts are omitted; a post
    that is just not selected stays.
    Raises UsageError if the folder cannot be created or has another database's posts, and NewscrawlError.
    """
    folder = job.folder
    try:
        folder.joinpath("_posts").mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{folder} cannot be created as a folder: {error.strerror}; name another") from error
    with opened(folder) as state:
        _check(state, posts, folder)
        omit = (job.withdrawn or state.said("withdrawn")) == "omit"
        writing = _Writing(state, posts, folder, _info(state, job), progress or (lambda _: None), omit)
        _begin(writing)
        _choose(writing, job)
        _write_posts(writing)
        _remove_gone(writing)
        _write_pages(writing)
        writing.counts.posts = state.pages()
        state.say(running="", looked=now.isoformat(), form=_form(writing))
    return writing.counts


@dataclass(slots=True)
class _Writing:
    """A running export."""

    state: SiteState
    posts: SitePosts
    folder: Path
    info: SiteInfo
    progress: Callable[[SiteCounts], None]
    omit_withdrawn: bool = False
    counts: SiteCounts = field(default_factory=SiteCounts)


def _info(state: SiteState, job: SiteJob) -> SiteInfo:
    """The site's title: as requested, otherwise as before."""
    said = state.said("site")
    site = job.site or (SiteAddress() if said is None else SiteAddress(said))
    return SiteInfo(site, job.title or state.said("title") or TITLE)


def _check(state: SiteState, posts: SitePosts, folder: Path) -> None:
    """Refuses another database, which would empty the site."""
    theirs = state.said("database")
    if theirs is not None and theirs != posts.name:
        raise UsageError(
            f"{folder} has the posts of the database {theirs}, not of {posts.name};"
            f" use newscrawl --database {theirs}, or another folder"
        )
    if state.pages() and posts.is_empty():
        raise UsageError(
            f"{folder} has {state.pages()} posts, the database {posts.name} has none: nothing was removed;"
            " if you want an empty site, remove the folder"
        )


def _begin(writing: _Writing) -> None:
    if writing.state.said("running"):
        _sweep(writing.folder / "_posts")
    site = writing.info.site.address
    writing.state.say(running="yes", database=writing.posts.name, site=site, title=writing.info.title)
    writing.state.say(withdrawn="omit" if writing.omit_withdrawn else "note")


def _choose(writing: _Writing, job: SiteJob) -> None:
    """Decides which posts to write: all of them if the page format changed."""
    state, posts = writing.state, writing.posts
    state.set_here(posts.ids(job.query))
    looked = state.said("looked")
    if job.everything or looked is None or state.said("form") != _form(writing):
        state.want((), everything=True)
    else:
        state.want(posts.changed(datetime.fromisoformat(looked) - OVERLAP), everything=False)


def _form(writing: _Writing) -> str:
    omit = ["without withdrawn"] if writing.omit_withdrawn else []
    return json.dumps([FORM, writing.info.site.address, *omit])


def _sweep(folder: Path) -> None:
    """Removes the drafts of an export that was killed."""
    for path in folder.iterdir():
        if _DRAFT.fullmatch(path.name):
            path.unlink(missing_ok=True)


def _write_posts(writing: _Writing) -> None:
    state = writing.state
    for ids in state.wanted(_BATCH):
        found = writing.posts.of(ids)
        omitted = [post.id for post in found if writing.omit_withdrawn and post.is_withdrawn]
        _remove_pages(writing, omitted)
        made = [_page(post, writing.info.site) for post in found if post.id not in omitted]
        before = {page.id: state.page(page.id) for page, _ in made}
        # Recorded before it is written, so files of a killed export are recognized as ours.
        with state.at_once():
            for page, _ in made:
                state.keep(_announced(before[page.id] or page))
        for page, content in made:
            _put_page(writing, page, content, before[page.id])
        with state.at_once():
            for page, _ in made:
                state.keep(page)


def _page(post: Post, site: SiteAddress) -> tuple[SitePage, bytes]:
    content = render(post, site).encode()
    category, _, label = shelf(post)
    path = f"_posts/{file_name(post)}"
    date = post.date.astimezone(UTC).isoformat()
    return SitePage(post.id, path, digest(content), post.revision, date, category, label), content


def _announced(page: SitePage) -> SitePage:
    return replace(page, revision=0)


def _put_page(writing: _Writing, page: SitePage, content: bytes, before: SitePage | None) -> None:
    if write_whole(writing.folder / page.path, content):
        writing.counts.written += 1
    else:
        writing.counts.same += 1
    if before and before.path != page.path:  # its day changed
        _remove(writing, before.path, before.hash)
    writing.progress(writing.counts)


def _remove_gone(writing: _Writing) -> None:
    state = writing.state
    for ids in state.not_here(1000):
        there = writing.posts.existing(ids)
        _remove_pages(writing, [post_id for post_id in ids if post_id not in there])


def _remove_pages(writing: _Writing, ids: list[str]) -> None:
    """Removes the pages of posts, if they have any."""
    for post_id in ids:
        if page := writing.state.page(post_id):
            writing.counts.removed += _remove(writing, page.path, page.hash)
            writing.state.forget(post_id)


def _remove(writing: _Writing, path: str, written: str) -> bool:
    """Removes a file that is as we wrote it; keeps and reports one that was edited."""
    place = writing.folder / path
    try:
        found = read_if_there(place)
        if found is None:
            return False
        if digest(found) != written:
            writing.counts.kept.append(path)
            return False
        place.unlink()
    except OSError as error:
        raise unwritable(place, error) from error
    return True


def _write_pages(writing: _Writing) -> None:
    """Everything but the posts."""
    wanted = pages(writing.info, writing.state.categories())
    for path, content in wanted.items():
        _put_own(writing, path, content)
    for path, written in writing.state.own_files().items():
        if path not in wanted:
            _remove(writing, path, written)
            writing.state.own(path, None)


def _put_own(writing: _Writing, path: str, content: bytes) -> None:
    place = writing.folder / path
    try:
        found = read_if_there(place)
        if found not in (None, content) and digest(found or b"") != writing.state.hash_of(path):
            writing.counts.kept.append(path)
            return
        place.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise unwritable(place, error) from error
    writing.counts.files += write_whole(place, content)
    writing.state.own(path, digest(content))
