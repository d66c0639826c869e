"""Hostile posts: whatever they hold, no script of theirs runs, and no page of ours is bent."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from newscrawl.model.post import Attribution, Body, DateInfo, Image, Post, Security
from newscrawl.normalize.validate import content_hash
from newscrawl.store import client
from newscrawl.web.site_options import SiteOptions
from tests.read.stored import post_of, put
from tests.web.newsstand import NOW, with_fields
from tests.web.payloads import PAYLOADS
from tests.web.serving import serving

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.needs("chromium"), pytest.mark.slow]

_HOSTILE = """() => [...document.querySelectorAll('*')].flatMap(element => [
    ...(/^(script|iframe|object|embed|base|style|form)$/i.test(element.tagName)
        && element.getAttribute('action') !== '/search' ? [element.outerHTML] : []),
    ...[...element.attributes].filter(each => /^on|^style$|^srcdoc$/i.test(each.name)
        || /^\\s*(javascript|data|vbscript):/i.test(each.value)
            && /^(href|src|action|xlink:href)$/.test(each.name)
    ).map(each => element.tagName + ' ' + each.name + '=' + each.value)
]).concat(['h1', 'main', 'footer.colophon'].filter(each => document.querySelectorAll(each).length !== 1))"""


def hostile(number: int, payload: str, text: str) -> Post:
    """A post with the payload in every field that a source has a say in."""
    digits = f"{202603089000000000 + number}"
    raw = payload.replace("\x00", "")
    return with_fields(
        post_of(number, title=payload if text == "新文" else "旧题", text=text),
        id=f"eastmoney:{digits}",
        tags=[payload, "敌意"],
        authors=[payload],
        editors=[payload],
        digest=f"{payload} 摘要",
        source=Attribution(payload, "diyi", payload, "info_line", payload),
        categories=["diyi"],
        body=Body(f"<p>{raw}</p>{raw}<p>{text}</p>", f"{payload}\n\n{text}", 9, [Image(payload, payload)]),
        securities=[Security("1", "600160", payload)],
        date_info=DateInfo(payload, "+08:00", "minute", "page", ["zone"]),
        url=payload,
        canonical_url=payload,
        share_url=payload,
        content_hash=content_hash(title=payload, text=text, outlet="x"),
    )


@pytest.fixture(scope="module")
def hostile_pages(mongo_home: Path) -> Iterator[str]:
    """The pages of a database in which every post is hostile, each in two states."""
    name = f"newscrawl_{uuid.uuid4().hex[:12]}"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NEWSCRAWL_HOME", str(mongo_home))
        patch.setenv("NEWSCRAWL_DATABASE", name)
        patch.delenv("MONGODB_URI", raising=False)
        for text in ("旧文", "新文"):
            put(hostile(number, payload, text) for number, payload in enumerate(PAYLOADS))
        with serving(name, SiteOptions(fresh=0, now=lambda: NOW)) as address:
            yield address
        with client.connect("writer") as writer:
            writer.drop_database(name)


def addresses() -> dict[str, int]:
    """Every page, and the status that it has."""
    posts = [f"/post/eastmoney:{202603089000000000 + number}" for number in range(len(PAYLOADS))]
    listed = ["/", "/category/diyi", "/outlet/diyi", "/tag/敌意", "/outlet", "/category", "/archive"]
    listed += ["/status", "/archive/2026-03-08", "/security/1.600160", "/search?q=摘要"]
    more = [f"{path}/history" for path in posts]
    more += [f"{path}?images=1" for path, payload in zip(posts, PAYLOADS, strict=True) if "src" in payload]
    said = [f"/search?q={quote(payload, safe='')}" for payload in PAYLOADS[::3] if len(payload) < 100]
    tagged = [f"/tag/{quote(payload, safe='')}" for payload in PAYLOADS[::8]]
    return {**dict.fromkeys([*listed, *posts, *more], 200), **dict.fromkeys([*said, *tagged], 0)}


def watched(page: Page) -> list[str]:
    """What happens on a page that should not."""
    seen: list[str] = []

    def refuse(dialog: Any) -> None:
        seen.append(f"dialog {dialog.message}")
        dialog.dismiss()

    page.expose_function("pwned", lambda *_: seen.append(f"a script ran on {page.url}"))
    page.on("dialog", refuse)
    page.on("framenavigated", lambda frame: seen.append(frame.url) if "127.0.0.1" not in frame.url else None)
    return seen


def offline(page: Page) -> list[str]:
    """Answers all that leaves loopback with nothing; gives what was asked."""
    outside: list[str] = []

    def answer(route: Any) -> None:
        outside.append(route.request.url)
        route.abort()

    page.route(re.compile(r"^(?!http://127\.0\.0\.1:)"), answer)
    return outside


def test_no_script_runs_even_without_the_policy(hostile_pages: str, browser: Browser) -> None:
    context = browser.new_context(bypass_csp=True)
    page = context.new_page()
    seen, outside = watched(page), offline(page)
    found: list[str] = []
    for path, status in addresses().items():
        response = page.goto(f"{hostile_pages}{path}", wait_until="domcontentloaded")
        assert response
        assert response.status == status or not status, path
        found += [f"{path}: {each}" for each in page.evaluate(_HOSTILE)]
    page.wait_for_timeout(200)
    context.close()
    assert seen == []
    assert found == []
    assert [url for url in outside if not url.startswith("https://x.example.com/")] == []


def test_the_listener_hears_a_script_that_runs(hostile_pages: str, browser: Browser) -> None:
    """The check that the check can fail: the same markup, written raw."""
    context = browser.new_context(bypass_csp=True)
    page = context.new_page()
    seen = watched(page)
    offline(page)
    page.goto(hostile_pages)
    page.evaluate("() => { document.body.innerHTML = '<img src=x onerror=pwned()>' }")
    page.wait_for_timeout(300)
    assert seen
    assert page.evaluate(_HOSTILE)
    context.close()


def test_the_policy_has_nothing_to_hold_back(hostile_pages: str, browser: Browser) -> None:
    context = browser.new_context()
    page = context.new_page()
    seen, _ = watched(page), offline(page)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if "Policy" in message.text else None)
    for path in list(addresses())[: 11 + len(PAYLOADS)][::2]:
        page.goto(f"{hostile_pages}{path}", wait_until="domcontentloaded")
    context.close()
    assert (seen, said) == ([], [])
