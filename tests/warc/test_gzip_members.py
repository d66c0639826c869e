"""Where the gzip members of a file end."""

from __future__ import annotations

import io
import random

from newscrawl.warc.gzip_members import compressed, member_end, next_record, whole_length

LARGE = compressed(b"WARC/1.1\r\n" + random.Random(1).randbytes(200_000).hex().encode())
SMALL = compressed(b"WARC/1.1\r\nshort")


def test_a_member_larger_than_a_chunk_ends_where_the_next_begins() -> None:
    file = io.BytesIO(SMALL + LARGE + SMALL)
    assert member_end(file, len(SMALL)) == len(SMALL) + len(LARGE)
    assert whole_length(file, 0) == 2 * len(SMALL) + len(LARGE)
    assert next_record(file, len(SMALL) + 1) == len(SMALL) + len(LARGE)


def test_what_is_torn_is_not_whole() -> None:
    file = io.BytesIO(SMALL + LARGE[:-1])
    assert member_end(file, len(SMALL)) is None
    assert whole_length(file, 0) == len(SMALL)
