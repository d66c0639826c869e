"""HTTP connections with limits: unfinished requests time out, and no client can use up all connections."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

if TYPE_CHECKING:
    from asyncio import TimerHandle

#: Seconds until a request is complete, from the beginning of its connection, or from its first byte.
REQUEST_SECONDS = 10.0
#: Simultaneous connections from one address: half of all, since readers behind a proxy share its address.
PER_CLIENT = 250

_FULL = (
    b"HTTP/1.1 503 Service Unavailable\r\ncontent-type: text/plain; charset=utf-8\r\n"
    b"retry-after: 10\r\ncontent-length: 27\r\nconnection: close\r\n\r\ntoo many open connections\r\n"
)
_SLOW = (
    b"HTTP/1.1 408 Request Timeout\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: 22\r\n"
    b"connection: close\r\n\r\nthe request timed out\n"
)


class LimitedHttp(HttpToolsProtocol):
    """uvicorn's HTTP protocol, which waits for a request forever and counts connections over all clients."""

    _deadline: TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        if self.client and self._connections_of(self.client[0]) > PER_CLIENT:
            transport.write(_FULL)
            transport.close()
            return
        self._start_deadline()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_deadline()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        if self._deadline is None:
            self._start_deadline()

    def on_message_complete(self) -> None:
        self._stop_deadline()
        super().on_message_complete()

    def _connections_of(self, host: str) -> int:
        clients: list[Any] = [getattr(one, "client", None) for one in self.connections]
        return sum(1 for client in clients if client and client[0] == host)

    def _start_deadline(self) -> None:
        self._deadline = self.loop.call_later(REQUEST_SECONDS, self._time_out)

    def _stop_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _time_out(self) -> None:
        self._deadline = None
        if not self.transport.is_closing():
            if self.cycle is None or self.cycle.response_complete:
                self.transport.write(_SLOW)
            self.transport.close()
