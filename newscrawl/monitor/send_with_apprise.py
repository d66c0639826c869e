"""Sends one message through Apprise, in a process of its own.

A channel that hangs, leaks or crashes costs the scheduler nothing, nor do Apprise's 150 services its memory.
Run as `python -I send_with_apprise.py`. Standard input is a JSON object: `address`, `title`, `text`, `type`
(info, success, warning, failure), `check` (only check the address). Prints `{"sent": true}`, or
`{"sent": false, "reason": …}`. The address comes by standard input: a command line is public.
"""

from __future__ import annotations

import json
import logging
import sys
from typing import Any

TIMEOUT = 20  #: seconds for one channel


def send(order: dict[str, Any]) -> dict[str, Any]:
    """Carries out one order."""
    from apprise import Apprise, AppriseAsset

    logging.getLogger("apprise").setLevel(logging.CRITICAL)
    asset = AppriseAsset(async_mode=False, storage_mode="memory", app_id="newscrawl")
    service = Apprise.instantiate(order["address"], asset=asset)
    if service is None:
        return {"sent": False, "reason": "Apprise knows no such address", "unknown": True}
    if order.get("check"):
        return {"sent": True}
    logging.getLogger("apprise").setLevel(logging.WARNING)
    logging.getLogger("apprise").propagate = False
    said: list[str] = []
    sender = Apprise(asset=asset)
    sender.add(service)
    result = sender.notify(
        body=order["text"],
        title=order["title"],
        notify_type=order["type"],
        body_format="text",
        timeout=TIMEOUT,
        log_callback=lambda entry, _: said.append(entry.message),
    )
    return (
        {"sent": True} if result else {"sent": False, "reason": " ".join(said) or result.status.name.lower()}
    )


if __name__ == "__main__":
    print(json.dumps(send(json.load(sys.stdin))))
