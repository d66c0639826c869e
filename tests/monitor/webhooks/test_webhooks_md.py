"""The receiver of docs/webhooks.md, run: it takes what is signed, and nothing else."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from newscrawl.jobs.webhook_settings import EXAMPLES, WebhookSettings
from newscrawl.monitor.http_post import post
from newscrawl.monitor.webhooks.messages import Message
from tests.loopback import listening
from tests.monitor.webhooks.receiver import SECRET

PAGE = (Path(__file__).parents[3] / "docs" / "webhooks.md").read_text("utf-8")


def test_the_receiver_takes_what_is_signed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWS_WEBHOOK_SECRET", SECRET)
    [code] = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    lines, _, last = code.strip().rpartition("\n")
    assert last == 'HTTPServer(("127.0.0.1", 8080), Receiver).serve_forever()'
    taken: list[tuple[str, Any]] = []
    scope: dict[str, Any] = {"take": lambda key, said: taken.append((key, said))}
    exec(lines, scope)
    monkeypatch.setattr(scope["Receiver"], "log_message", lambda *_: None)
    keys = WebhookSettings(name="desk", url="x", secret="${NEWS_WEBHOOK_SECRET}").secrets()
    other = [bytes(32)]
    message = Message("msg_1", '{"type":"post.stored","text":"新闻"}'.encode())
    with listening(scope["Receiver"]) as port:

        def status(sent: Message, signed: list[bytes], ago: timedelta = timedelta()) -> int | None:
            headers = message.headers(signed, datetime.now(UTC) - ago)
            return post(f"http://127.0.0.1:{port}/", sent.body, headers, 10).status

        assert status(message, keys) == 204
        assert status(message, [*other, *keys]) == 204, "one of two secrets is enough"
        assert status(message, other) == 401
        assert status(Message("msg_1", b'{"type":"forged"}'), keys) == 401
        assert status(message, keys, timedelta(minutes=6)) == 401
    assert taken == [("msg_1", {"type": "post.stored", "text": "新闻"})] * 2


def test_every_key_is_on_the_page() -> None:
    table = PAGE.partition("| key |")[2].partition("\n\n")[0]
    named = set(re.findall(r"`(\w+)`", " ".join(line.split("|")[1] for line in table.splitlines()[2:])))
    assert named == EXAMPLES.keys()
