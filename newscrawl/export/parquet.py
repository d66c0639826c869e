"""Posts as a Parquet file with typed columns; needs the extra `parquet`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import islice
from typing import BinaryIO

from newscrawl.model.post import Post
from newscrawl.read.arrow import need_pyarrow, schema, table_of

#: Posts per row group, which is held in memory.
GROUP = 1000


def write(posts: Iterable[Post], out: BinaryIO, progress: Callable[[int], None] | None = None) -> int:
    """Writes all posts, a row group at a time; returns how many. Times are in UTC, to the millisecond.

    Raises UsageError, before anything is read, if pyarrow is not installed.
    """
    need_pyarrow()
    import pyarrow.parquet as pq  # type: ignore[import-untyped]

    fields, done, waiting = schema(), 0, iter(posts)
    with pq.ParquetWriter(out, fields, compression="zstd") as writer:
        while group := list(islice(waiting, GROUP)):
            writer.write_table(table_of(group))
            done += len(group)
            if progress:
                progress(done)
    return done
