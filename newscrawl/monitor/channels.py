"""Channels: where alerts are sent. http addresses are webhooks of our own; all others go through Apprise."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
import urllib.error
import urllib.request
from http.client import HTTPException
from importlib.util import find_spec
from typing import Any
from urllib.parse import urlsplit

from newscrawl.errors import UsageError
from newscrawl.jobs.alert_settings import filled_in
from newscrawl.monitor import send_with_apprise
from newscrawl.monitor.alert_text import shortened
from newscrawl.monitor.http_post import post

TIMEOUT = 10.0  #: seconds for a webhook
PATIENCE = 40.0  #: seconds for Apprise's process

_KINDS = {"begin": "failure", "reminder": "warning", "mended": "success", "test": "info"}
#: Addresses as chat services hand them out, and as Apprise wants them.
_NATIVE = (
    (re.compile(r"https://oapi\.dingtalk\.com/robot/send\?access_token=(\w+)"), r"dingtalk://\1"),
    (re.compile(r"https://open\.feishu\.cn/open-apis/bot/v2/hook/([\w-]+)"), r"feishu://\1"),
    (re.compile(r"https://qyapi\.weixin\.qq\.com/cgi-bin/webhook/send\?key=([\w-]+)"), r"wecombot://\1"),
    (re.compile(r"https://hooks\.slack\.com/services/([^/]+/[^/]+/[^/?]+).*"), r"slack://\1"),
    (re.compile(r"https://discord(?:app)?\.com/api/webhooks/([^/]+/[^/?]+).*"), r"discord://\1"),
)


class Channel:
    """One address of `to`. What is shown of it, `name`, holds no secret."""

    def __init__(self, written: str) -> None:
        self.id = hashlib.sha256(written.encode()).hexdigest()[:12]
        self.name = _shown(written)
        self._written = written

    def check(self) -> None:
        """Raises UsageError for an address that cannot work, without sending anything."""
        address = self._address()
        if _is_webhook(address):
            if not urlsplit(address).hostname:
                raise UsageError(f"[alerts] {self.name}: the address has no host")
            return
        if reason := _with_apprise({"address": address, "check": True}):
            raise UsageError(f"[alerts] {self.name}: {self._masked(reason)}; docs/monitoring.md has examples")

    def send(self, payload: dict[str, Any]) -> str | None:
        """Sends a message; returns why it could not be sent. Blocks; raises nothing."""
        try:
            address = self._address()
            if _is_webhook(address):
                reason = _post(address, payload)
            else:
                kind = _KINDS[payload["event"]]
                words = {"title": shortened(payload["title"]), "text": shortened(payload["text"])}
                order = {"address": address, **words, "type": kind}
                reason = _with_apprise(order)
        except UsageError as error:
            return str(error)
        return reason and self._masked(reason)

    def _address(self) -> str:
        address = filled_in(self._written).strip()
        for pattern, form in _NATIVE:
            if found := pattern.fullmatch(address):
                return found.expand(form)
        return address

    def _masked(self, words: str) -> str:
        """The words without any longer part of the address: most of them are secrets."""
        address = filled_in(self._written)
        for part in sorted(set(re.split(r"[/:@?&=]+", address)), key=len, reverse=True):
            if len(part) >= 6 and part != urlsplit(address).hostname:
                words = words.replace(part, "***")
        return words[:300]


def ping(address: str) -> str | None:
    """Asks for an address that watches over us; returns why that failed. Blocks; raises nothing."""
    try:
        request = urllib.request.Request(filled_in(address), headers={"User-Agent": "newscrawl"})  # noqa: S310
        return _asked(request)
    except (UsageError, ValueError) as error:
        return str(error) if isinstance(error, UsageError) else "not a valid address"


def _is_webhook(address: str) -> bool:
    return address.startswith(("http://", "https://"))


def _shown(written: str) -> str:
    """`mailto://…`, `https://hooks.example.org/…`, `${ALERTS_MAIL}`."""
    if "${" in written and not _is_webhook(written):
        scheme = written.partition("://")[0]
        return written if written.startswith("${") and written.endswith("}") else f"{scheme}://…"
    if _is_webhook(written):
        try:
            host = urlsplit(written).hostname or "…"
        except ValueError:
            host = "…"
        return f"{written.partition('://')[0]}://{host}/…"
    return f"{written.partition('://')[0]}://…"


def _post(address: str, payload: dict[str, Any]) -> str | None:
    body = json.dumps(payload, ensure_ascii=False).encode()
    headers = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "newscrawl"}
    return post(address, body, headers, TIMEOUT).reason


def _asked(request: urllib.request.Request) -> str | None:
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT):  # noqa: S310  an http address
            return None
    except urllib.error.HTTPError as error:
        with error:
            return f"the answer was {error.code} {error.reason}"
    except (OSError, HTTPException) as error:
        return str(getattr(error, "reason", error))


def _with_apprise(order: dict[str, Any]) -> str | None:
    if find_spec("apprise") is None:
        return "this address needs Apprise, which is not installed; run: pip install 'newscrawl[alerts]'"
    command = [sys.executable, "-I", send_with_apprise.__file__]
    try:
        done = subprocess.run(  # noqa: S603  our own script
            command, input=json.dumps(order).encode(), capture_output=True, timeout=PATIENCE, check=False
        )
        answer = json.loads(done.stdout.strip().rpartition(b"\n")[2])
    except subprocess.TimeoutExpired:
        return f"no answer within {PATIENCE:g} seconds"
    except (OSError, ValueError):
        return "Apprise failed"
    return None if answer["sent"] else str(answer["reason"])
