"""What an archive may be told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from newscrawl.paths import database_name, home


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveOptions:
    """Options of an Archive. Times are seconds."""

    database: str = field(default_factory=database_name)
    spool: Path = field(default_factory=lambda: home() / "spool")  #: folder of the spool's files
    batch_size: int = 100  #: documents of one write; more brings nothing
    flush_interval: float = 0.1  #: the longest that a document waits for its batch to fill
    buffer_documents: int = 1000  #: `put` waits while so many are not written yet …
    buffer_bytes: int = 64_000_000  #: … or so many bytes of them
    patience: float = 10.0  #: how long writing is tried again before it goes to the spool
    reconnect_interval: float = 2.0  #: between two looks whether MongoDB is back
    #: Whether the caller is about to end: what neither MongoDB nor the disk takes is given up then.
    stopping: Callable[[], bool] = bool
    restart_embedded: bool = True  #: whether a dead embedded server is started again
