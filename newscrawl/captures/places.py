"""Places: where WARC files are, and how they are opened: files, members of a WACZ, addresses, CC-NEWS."""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from newscrawl import settings
from newscrawl.captures.record_reader import HEAD
from newscrawl.captures.remote_file import RemoteFile, agent, fetch_whole
from newscrawl.errors import FetchFailed, UsageError
from newscrawl.text.public_hosts import allowed_hosts
from newscrawl.text.urls import check_address

_MONTH = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])")
_MEMBER = "!"  # between a WACZ and the name of a file in it
_LONGEST_LIST = 64 << 20  # bytes of a month's list, decompressed; one has some 500 lines


@dataclass(frozen=True, slots=True)
class Opened:
    """An open file; `head` are its first bytes."""

    file: BinaryIO
    head: bytes
    size: int | None
    etag: str | None

    @property
    def digest(self) -> str:
        """Of the head, 32 hex digits."""
        return hashlib.sha256(self.head).hexdigest()[:32]


def expand(names: Sequence[str]) -> list[str]:
    """The files in these names, in order and once each: a WACZ is all of its WARC files.

    Raises UsageError for what is not there, and for an address that is not http.
    """
    found: dict[str, None] = {}
    for name in names:
        if "://" in name:
            address = check_address(name)
            if address.lower().partition("?")[0].endswith(".wacz"):
                raise UsageError(f"{name} is a WACZ, which is read from a file only; download it first")
            found[address] = None
            continue
        path = Path(name).expanduser()
        if path.is_dir():
            raise UsageError(f"{name} is a folder; name its files: {name.rstrip('/')}/*.warc.gz")
        if not path.is_file():
            raise UsageError(f"{name} is not there; give a WARC file, a WACZ or an http address")
        resolved = str(path.resolve())
        found.update(dict.fromkeys(_members(resolved) if zipfile.is_zipfile(resolved) else [resolved]))
    return list(found)


def month_files(month: str) -> list[str]:
    """The addresses of the CC-NEWS files of a month, `2026-10`. Raises UsageError, FetchFailed.

    Its list is documented at https://data.commoncrawl.org/crawl-data/CC-NEWS/index.html; the paths in it are
    relative to NEWSCRAWL_COMMON_CRAWL.
    """
    base = f"{check_address(settings.NEWSCRAWL_COMMON_CRAWL).rstrip('/')}/"
    match = _MONTH.fullmatch(month.strip())
    if match is None:
        raise UsageError(f"{month!r} is not a month; write it as 2026-10")
    address = f"{base}crawl-data/CC-NEWS/{match[1]}/{match[2]}/warc.paths.gz"
    data = fetch_whole(address, _LONGEST_LIST, user_agent=agent(), allowed=allowed_hosts())
    try:
        text = zlib.decompressobj(16 + zlib.MAX_WBITS).decompress(data, _LONGEST_LIST).decode()
    except (zlib.error, UnicodeDecodeError) as error:
        raise FetchFailed(f"{address} is not a gzipped list: {error}") from error
    return [base + line.strip() for line in text.splitlines() if line.strip()]


@contextmanager
def opened(name: str) -> Iterator[Opened]:
    """Opens one of `expand`. Raises OSError, FetchFailed."""
    if "://" in name:
        with RemoteFile(name, user_agent=agent(), allowed=allowed_hosts()) as remote:
            yield Opened(cast("BinaryIO", remote), _head(remote), remote.size, remote.etag)
        return
    archive, mark, member = name.rpartition(_MEMBER)
    if mark and zipfile.is_zipfile(archive):
        with zipfile.ZipFile(archive) as bag, bag.open(member) as inside:
            file = cast("BinaryIO", inside)
            yield Opened(file, _head(file), bag.getinfo(member).file_size, None)
        return
    with Path(name).open("rb") as file:
        size = file.seek(0, io.SEEK_END)
        file.seek(0)
        yield Opened(file, _head(file), size, None)


def _head(file: BinaryIO | RemoteFile) -> bytes:
    head = b""
    while len(head) < HEAD and (data := file.read(HEAD - len(head))):
        head += data
    return head


def _members(path: str) -> list[str]:
    with zipfile.ZipFile(path) as bag:
        found = [name for name in bag.namelist() if re.search(r"\.warc(\.gz|\.zst)?$", name)]
    if not found:
        raise UsageError(f"{path} is a zip file without WARC files; a WACZ has them in archive/")
    return [f"{path}{_MEMBER}{name}" for name in found]
