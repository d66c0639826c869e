"""What a run keeps of scripts."""

from __future__ import annotations

from scrapy.http import Response

from newscrawl.crawl.browser.page_requests import ScriptCache

URL = "https://www.harbour.example/app.js"


def script(size: int, status: int = 200, **headers: str) -> Response:
    return Response(URL, status=status, body=b"x" * size, headers=headers)


def test_a_good_answer_is_kept() -> None:
    cache, answer = ScriptCache(100), script(10)
    assert cache.get(URL) is None
    cache.keep(URL, answer)
    assert cache.get(URL) is answer


def test_what_must_not_be_kept_or_is_too_large_is_not() -> None:
    cache = ScriptCache(100)
    no_store = Response(URL, body=b"x", headers={"Cache-Control": "private, No-Store"})
    for answer in (no_store, script(10, status=404), script(101)):
        cache.keep(URL, answer)
        assert cache.get(URL) is None


def test_what_was_used_longest_ago_goes_first() -> None:
    cache = ScriptCache(100)
    for name in ("a", "b", "c"):
        cache.keep(name, script(40))
        cache.get("a")
    assert cache.get("b") is None
    assert cache.get("a")
    assert cache.get("c")
    cache.keep("a", script(100))
    assert cache.get("c") is None
    assert cache.get("a")
