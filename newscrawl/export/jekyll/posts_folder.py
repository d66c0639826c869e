"""Posts as the files of a Jekyll folder (`_posts`)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from newscrawl.errors import UsageError
from newscrawl.export.atomic_write import write_whole
from newscrawl.export.jekyll.post_file import SiteAddress, file_name, render
from newscrawl.model.post import Post


@dataclass(slots=True)
class Written:
    """The result of an export."""

    written: int = 0  #: files that are new or changed
    same: int = 0  #: files that already had this content

    @property
    def posts(self) -> int:
        return self.written + self.same


def export_jekyll(
    posts: Iterable[Post],
    folder: Path,
    site: SiteAddress | None = None,
    progress: Callable[[Written], None] | None = None,
    *,
    omit_withdrawn: bool = False,
) -> Written:
    """Writes each post's page into the folder, which is created if missing; removes nothing.

    Pages are written atomically; unchanged ones are not touched, so Jekyll rebuilds only changes. With
    `omit_withdrawn`, withdrawn posts are left out. One post is held at a time. `progress` is called after
    each.
    Raises UsageError if the folder cannot be created, NewscrawlError if a file cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{folder} cannot be created as a folder: {error.strerror}; name another") from error
    counts = Written()
    for post in posts:
        if omit_withdrawn and post.is_withdrawn:
            continue
        if write_whole(folder / file_name(post), render(post, site).encode()):
            counts.written += 1
        else:
            counts.same += 1
        if progress:
            progress(counts)
    return counts
