"""One POST to a receiver of ours: a webhook of alerts, or of posts. Redirects are not followed."""

from __future__ import annotations

import http.client
import socket
import threading
import urllib.error
import urllib.request
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.client import HTTPException
from typing import IO, Any
from urllib.parse import urlsplit

from newscrawl.errors import PrivateHost
from newscrawl.text.public_hosts import connect_public

LONGEST_WAIT = 24 * 3600.0  #: seconds of a Retry-After; longer ones count as this


@dataclass(frozen=True, slots=True)
class Reply:
    """How a POST ended."""

    status: int | None  #: None: no answer
    reason: str | None = None  #: why it failed; None: it was taken (2xx)
    retry_after: float | None = None  #: seconds, as the receiver asks for


def post(
    address: str,
    body: bytes,
    headers: Mapping[str, str],
    timeout: float,
    *,
    allowed: frozenset[str] | None = None,
) -> Reply:
    """Sends a body; blocks for `timeout` seconds at most, name lookup apart. Raises nothing.

    allowed: private hosts that may be asked; None: any host. The environment's proxies are used, which then
    look the name up.
    """
    sockets: list[socket.socket] = []
    opener = urllib.request.build_opener(_NoRedirect, _Http(sockets, allowed), _Https(sockets, allowed))
    late = threading.Event()
    end = threading.Timer(timeout, _break_off, [sockets, late])  # a receiver may drip its answer
    end.daemon = True
    end.start()
    try:
        request = urllib.request.Request(address, body, dict(headers), method="POST")  # noqa: S310  http
        with opener.open(request, timeout=timeout) as response:
            if late.is_set():  # a header that breaks off counts as the last one
                raise TimeoutError
            return _reply(response.status, response.reason, response.headers)
    except urllib.error.HTTPError as error:
        with error:
            return _reply(error.code, str(error.reason), error.headers)
    except (OSError, HTTPException) as error:
        reason = getattr(error, "reason", error)
        if late.is_set() or isinstance(reason, TimeoutError):
            return Reply(None, f"no answer within {timeout:g} seconds")
        return Reply(None, str(reason) or type(reason).__name__)
    except PrivateHost as error:
        return Reply(None, str(error))
    except ValueError:
        return Reply(None, "not a valid address")
    finally:
        end.cancel()


def retry_after(value: str | None, now: datetime) -> float | None:
    """Seconds of a Retry-After, which has seconds or a date; None without a valid one.

    >>> retry_after("120", datetime.now(UTC)), retry_after("soon", datetime.now(UTC))
    (120.0, None)
    """
    word = (value or "").strip()
    if word.isdecimal():
        return min(float(word[:9]), LONGEST_WAIT)
    try:
        at = parsedate_to_datetime(word)
    except ValueError:
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return min(max((at - now).total_seconds(), 0.0), LONGEST_WAIT)


def _reply(status: int, reason: str, headers: Any) -> Reply:
    if 200 <= status < 300:
        return Reply(status)
    words = f"the answer was {status} {reason}".strip()
    if 300 <= status < 400 and (place := headers.get("Location")):
        words += f", to {urlsplit(place).hostname or 'another address'}; give the address that it leads to"
    return Reply(status, words[:300], retry_after(headers.get("Retry-After"), datetime.now(UTC)))


def _break_off(sockets: list[socket.socket], late: threading.Event) -> None:
    late.set()
    for each in sockets:
        with suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A POST that is redirected would arrive as a GET, without its body."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Any, newurl: str
    ) -> None:
        return None


class _Opener:
    """Opens the connections of one POST, and notes their sockets."""

    def __init__(self, sockets: list[socket.socket], allowed: frozenset[str] | None) -> None:
        super().__init__()
        self._sockets, self._allowed = sockets, allowed

    def connecting(self, kind: type[http.client.HTTPConnection], request: urllib.request.Request) -> Any:
        """What makes the connection to a host, or to a proxy."""
        # `host` is the proxy's if there is one; of a tunnel, the target is in `_tunnel_host`.
        goes_direct = request.host == urlsplit(request.full_url).netloc.rpartition("@")[2]
        allowed = self._allowed if goes_direct else None

        def create(address: tuple[str, int], timeout: float, *_: Any) -> socket.socket:
            made = (
                socket.create_connection(address, timeout)
                if allowed is None
                else connect_public(*address, timeout, allowed)
            )
            self._sockets.append(made)
            return made

        def connection(host: str, **options: Any) -> http.client.HTTPConnection:
            made = kind(host, **options)
            made._create_connection = create  # type: ignore[attr-defined]  # as http.client's own tests do
            return made

        return connection


class _Http(_Opener, urllib.request.HTTPHandler):
    def http_open(self, req: urllib.request.Request) -> Any:
        return self.do_open(self.connecting(http.client.HTTPConnection, req), req)


class _Https(_Opener, urllib.request.HTTPSHandler):
    def https_open(self, req: urllib.request.Request) -> Any:
        return self.do_open(self.connecting(http.client.HTTPSConnection, req), req)
