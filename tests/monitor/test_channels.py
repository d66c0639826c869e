from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_bytes, policy
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from newscrawl.errors import UsageError
from newscrawl.monitor.alert_text import payload
from newscrawl.monitor.channels import Channel, ping
from newscrawl.monitor.incidents import Message
from tests.monitor.receivers import Webhook, webhook

pytestmark = pytest.mark.slow

NOW = datetime(2026, 3, 8, 12, tzinfo=UTC)
TEST = payload(Message(event="test", incidents=[]), NOW, "news1", "newscrawl")


@pytest.fixture
def hook() -> Iterator[Webhook]:
    with webhook() as receiver:
        yield receiver


class Mailbox:
    def __init__(self) -> None:
        self.letters: list[Any] = []

    async def handle_DATA(  # noqa: N802  aiosmtpd calls it
        self, _server: object, _session: object, envelope: Any
    ) -> str:
        self.letters.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"


def test_a_webhook_gets_the_json(hook: Webhook) -> None:
    assert Channel(hook.address).send(TEST) is None
    assert hook.got == [TEST]
    assert TEST == {
        "version": 1,
        "event": "test",
        "title": "newscrawl: this is a test",
        "text": "newscrawl alerts test sent this. Alerts reach you here.",
        "time": "2026-03-08T12:00:00+00:00",
        "machine": "news1",
        "database": "newscrawl",
        "incidents": [],
    }


def test_a_mail_arrives() -> None:
    box = Mailbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    try:
        address = (
            f"mailto://127.0.0.1:{port}/you@example.org?from=news@example.org&smtp=127.0.0.1&mode=insecure"
        )
        assert Channel(address).send({**TEST, "title": "newscrawl: 东方财富 is failing"}) is None
    finally:
        server.stop()
    (letter,) = box.letters
    assert (letter["subject"], letter["to"]) == ("newscrawl: 东方财富 is failing", "you@example.org")
    assert "Alerts reach you here" in letter.get_body(("plain", "html")).get_content()


def test_apprise_reaches_other_services(hook: Webhook) -> None:
    address = hook.address.replace("http://", "json://")
    assert Channel(address).send({**TEST, "event": "begin"}) is None
    assert hook.got[0]["type"] == "failure"
    assert hook.got[0]["title"] == TEST["title"]


@pytest.mark.parametrize("scheme", ["http", "json"])
def test_a_refusal_is_a_reason_without_the_secret(hook: Webhook, scheme: str) -> None:
    hook.status = 500
    reason = Channel(hook.address.replace("http", scheme, 1)).send(TEST)
    assert reason
    assert "500" in reason
    assert "s3cret-token" not in reason


def test_nobody_listens() -> None:
    for scheme in ("http", "json"):
        reason = Channel(f"{scheme}://user:p4ssword@127.0.0.1:1/s3cret-token").send(TEST)
        assert reason
        assert "p4ssword" not in reason
        assert "s3cret-token" not in reason


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("mailto://user:p4ssword@example.org", "mailto://…"),
        ("https://hooks.example.org/t0ken?key=s3cret", "https://hooks.example.org/…"),
        ("https://user:p4ssword@hooks.example.org", "https://hooks.example.org/…"),
        ("${ALERTS_MAIL}", "${ALERTS_MAIL}"),
        ("mailto://user:${PASSWORD}@example.org", "mailto://…"),
        ("https://[broken", "https://…/…"),
    ],
)
def test_what_is_shown_of_an_address_is_no_secret(address: str, shown: str) -> None:
    assert Channel(address).name == shown


@pytest.mark.parametrize(
    "address",
    [
        "dingtalk://abcdefghijklmnop",
        "dingtalk://secret@abcdefghijklmnop/13800138000",
        "wecombot://e1e1e1e1-1111-2222-3333-444444444444",
        "feishu://0123456789abcdef",
        "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#news",
        "ntfy://ntfy.example.org/topic",
        "tgram://123456789:abcdefg_hijklmnop/12315544/",
        "mailtos://user:password@example.org",
        "https://oapi.dingtalk.com/robot/send?access_token=abcdef0123456789",
        "https://open.feishu.cn/open-apis/bot/v2/hook/0123456789abcdef",
        "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=e1e1e1e1-1111-2222-3333-444444444444",
        "https://hooks.slack.com/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ",
        "https://hooks.example.org/newscrawl",
    ],
)
def test_addresses_as_services_hand_them_out_are_known(address: str) -> None:
    Channel(address).check()


@pytest.mark.parametrize("address", ["nonsense://abc", "mailto://", "dingtalk://", "https://"])
def test_an_address_that_cannot_work_is_refused(address: str) -> None:
    with pytest.raises(UsageError):
        Channel(address).check()


def test_a_variable_that_is_not_set_is_named(monkeypatch: pytest.MonkeyPatch, hook: Webhook) -> None:
    channel = Channel("${ALERTS_HOOK}")
    with pytest.raises(UsageError, match="ALERTS_HOOK is not set"):
        channel.check()
    assert channel.send(TEST) == "[alerts]: the variable ALERTS_HOOK is not set"
    monkeypatch.setenv("ALERTS_HOOK", hook.address)
    assert channel.send(TEST) is None
    assert hook.got == [TEST]


def test_a_ping_asks(hook: Webhook) -> None:
    assert ping(hook.address) is None
    hook.status = 404
    assert "404" in (ping(hook.address) or "")
    assert ping("http://127.0.0.1:1/")
    assert hook.asked == ["/hook/s3cret-token"] * 2
