"""Reads files in processes of their own, one a file, so that a page that ends or holds up its reader costs
that page only."""

from __future__ import annotations

import json
import logging
import mmap
import os
import select
import signal
import struct
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from newscrawl.captures.file_process import FileResult, Wanted, read_file
from newscrawl.crawl.worker.process import end_with_parent
from newscrawl.errors import FileBusy, NewscrawlError

logger = logging.getLogger(__name__)

PAGE_SECONDS: Final = 120.0  #: that reading one record may take
_LOOK = 0.5  # seconds between two looks at the processes
_MARK = struct.Struct("<qd")  # the record that is being read, and since when; -1: none


@dataclass(frozen=True, slots=True)
class FileEnd:
    """How the reading of a file ended: with a result, or with the words of an error."""

    name: str
    result: FileResult | None = None
    error: str | None = None
    busy: bool = False  #: whether another process reads it


@dataclass(slots=True)
class _Child:
    name: str
    pid: int
    pipe: int
    marked: mmap.mmap
    said: bytearray = field(default_factory=bytearray)
    hung: bool = False


class ReadingProcesses:
    """Reads files, `most` at once. `stop` ends all of them after the page that they are at."""

    def __init__(self, names: Sequence[str], wanted: Wanted, most: int = 1) -> None:
        self._waiting = list(reversed(names))
        self._wanted, self._most = wanted, most
        self._children: dict[int, _Child] = {}  # by pipe
        self._crashed: dict[str, set[int]] = {}  # records that ended a reader twice
        self._suspects: dict[str, int] = {}  # record that ended the last reader
        self._stopping = False

    def ends(self) -> Iterator[FileEnd]:
        """How each file ended, as soon as it did."""
        while self._children or (self._waiting and not self._stopping):
            while self._waiting and len(self._children) < self._most and not self._stopping:
                self._fork(self._waiting.pop())
            ready, _, _ = select.select(list(self._children), [], [], _LOOK)
            for pipe in ready:
                if data := os.read(pipe, 1 << 16):
                    self._children[pipe].said += data
                elif end := self._ended(self._children.pop(pipe)):
                    yield end
            self._end_hung()

    def stop(self) -> None:
        """Asks all processes to stop; the second time, kills them."""
        for child in self._children.values():
            with suppress(ProcessLookupError):
                os.kill(child.pid, signal.SIGKILL if self._stopping else signal.SIGTERM)
        self._stopping = True

    def _fork(self, name: str) -> None:
        reading, writing = os.pipe()
        marked = mmap.mmap(-1, _MARK.size)
        marked[:] = _MARK.pack(-1, 0.0)
        parent = os.getpid()
        sys.stdout.flush()
        sys.stderr.flush()
        pid = os.fork()
        if pid == 0:
            status = 1
            try:
                end_with_parent(parent)
                os.close(reading)
                for other in self._children.values():
                    os.close(other.pipe)
                crashed = frozenset(self._crashed.get(name, ()))
                _say(writing, _outcome(name, self._wanted, marked, crashed))
                status = 0
            finally:
                os._exit(status)  # nothing of the parent is cleaned up here
        os.close(writing)
        self._children[reading] = _Child(name, pid, reading, marked)

    def _ended(self, child: _Child) -> FileEnd | None:
        """The end of a file; None if its reader died, and another goes on."""
        os.close(child.pipe)
        _, status = os.waitpid(child.pid, 0)
        record, _ = _MARK.unpack(child.marked[:])
        child.marked.close()
        with suppress(ValueError):
            said: dict[str, Any] = json.loads(child.said)
            result = FileResult(**said["result"]) if said["result"] else None
            return FileEnd(child.name, result, said["error"], said["busy"])
        if self._stopping:
            return FileEnd(child.name, error=f"{child.name}: stopped; the next run goes on")
        words = "hung" if child.hung else f"ended with {_words(status)}"
        if record >= 0 and (child.hung or self._suspects.get(child.name) == record):
            logger.error("%s: the reader %s at record %d, which is left out", child.name, words, record)
            self._crashed.setdefault(child.name, set()).add(record)
        elif record < 0 and self._suspects.get(child.name) == record:
            return FileEnd(
                child.name, error=f"{child.name}: its reader {words}, twice, before it read a record"
            )
        else:
            logger.warning("%s: the reader %s; another goes on", child.name, words)
        self._suspects[child.name] = record
        self._waiting.append(child.name)
        return None

    def _end_hung(self) -> None:
        for child in self._children.values():
            record, since = _MARK.unpack(child.marked[:])
            if record >= 0 and time.monotonic() - since > PAGE_SECONDS:
                child.hung = True
                with suppress(ProcessLookupError):
                    os.kill(child.pid, signal.SIGKILL)


def _outcome(name: str, wanted: Wanted, marked: mmap.mmap, crashed: frozenset[int]) -> dict[str, Any]:
    def mark(record: int | None) -> None:
        marked[:] = _MARK.pack(-1 if record is None else record, time.monotonic())

    try:
        result = read_file(name, wanted, mark, crashed)
    except FileBusy as error:
        return {"result": None, "error": f"{name}: {error}", "busy": True}
    except NewscrawlError as error:
        words = str(error)
        return {"result": None, "error": words if name in words else f"{name}: {words}", "busy": False}
    except OSError as error:
        return {"result": None, "error": f"{name} cannot be read: {error.strerror or error}", "busy": False}
    except Exception as error:
        logger.exception("%s: the reader broke off", name)
        return {"result": None, "error": f"{name}: {type(error).__name__}: {error}", "busy": False}
    return {"result": asdict(result), "error": None, "busy": False}


def _say(pipe: int, said: dict[str, Any]) -> None:
    data = memoryview(json.dumps(said).encode("utf-8", "replace"))
    while data:
        data = data[os.write(pipe, data) :]
    os.close(pipe)


def _words(status: int) -> str:
    if os.WIFSIGNALED(status):
        return signal.Signals(os.WTERMSIG(status)).name
    return f"exit code {os.waitstatus_to_exitcode(status)}"
