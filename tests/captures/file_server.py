"""A web server for one folder that may be slow, busy, forgetful or without ranges."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.loopback import QuietHandler, listening


@dataclass
class FileServer:
    """What it does next, and what it was asked."""

    folder: Path
    address: str = ""
    ranges: bool = True  #: whether it knows `Range`
    breaks: list[int] = field(default_factory=list)  #: bytes after which the next answers break off
    busy: list[int] = field(default_factory=list)  #: statuses of the next answers
    moved: dict[str, str] = field(default_factory=dict)  #: path -> Location
    etag: str = '"1"'
    asked: list[tuple[str, str | None]] = field(default_factory=list)  #: path and Range
    agents: set[str] = field(default_factory=set)

    @property
    def host(self) -> str:
        return self.address.removeprefix("http://").rstrip("/")


@contextmanager
def serving(folder: Path) -> Iterator[FileServer]:
    """The server, until the end of the block."""
    said = FileServer(folder)

    class Handler(QuietHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            wanted = self.headers.get("Range")
            said.asked.append((self.path, wanted))
            said.agents.add(self.headers.get("User-Agent", ""))
            if target := said.moved.get(self.path):
                self._head(302, 0, Location=target)
            elif said.busy:
                self._head(said.busy.pop(0), 0, **{"Retry-After": "7"})
            elif not (path := said.folder / self.path.lstrip("/")).is_file():
                self._head(404, 0)
            else:
                self._send(path.read_bytes(), wanted)

        def _send(self, data: bytes, wanted: str | None) -> None:
            match = re.fullmatch(r"bytes=(\d+)-", wanted or "") if said.ranges else None
            same = self.headers.get("If-Range") in (None, said.etag)
            start = int(match[1]) if match and same else 0
            part = data[start:]
            if match and same and start >= len(data):
                self._head(416, 0, **{"Content-Range": f"bytes */{len(data)}"})
                return
            extra = {"Content-Range": f"bytes {start}-{len(data) - 1}/{len(data)}"} if match and same else {}
            self._head(206 if extra else 200, len(part), ETag=said.etag, **extra)
            if said.breaks:
                self.wfile.write(part[: said.breaks.pop(0)])
                self.close_connection = True
            else:
                self.wfile.write(part)

        def _head(self, status: int, length: int, **headers: str) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(length))
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()

    with listening(Handler) as port:
        said.address = f"http://127.0.0.1:{port}/"
        yield said
