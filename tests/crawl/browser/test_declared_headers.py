"""What a page in the browser asks for has the source's declared headers and cookies, on its own hosts."""

from pathlib import Path

import pytest

from tests.crawl.harbour import HOST, harbour_in

pytestmark = [pytest.mark.slow, pytest.mark.needs("chromium")]

OTHER = "elsewhere.example.org"
SCRIPT = f"""
const quiet = () => 0;
document.body.dataset.done = "no";
Promise.all([
  fetch("/data.json").catch(quiet),
  fetch("/hop", {{mode: "no-cors"}}).catch(quiet),
  fetch("http://{OTHER}/script.json", {{mode: "no-cors"}}).catch(quiet),
]).then(() => document.body.dataset.done = "yes");
"""


def test_headers_and_cookies_do_not_leave_with_a_script(tmp_path: Path, database: str) -> None:
    assert database
    with harbour_in(tmp_path) as harbour:
        harbour.numbers = [1]
        harbour.moved["/hop"] = f"http://{OTHER}/hopped"
        script = f"<script>{SCRIPT}</script></body>".encode()
        harbour.pages["/a/1"] = harbour.article(1).replace(b"</body>", script)
        harbour.declare(more='render="always", headers={"X-Key": "k3y"}, cookies={"consent": "yes"},')
        run = harbour.crawl(NEWSCRAWL_KEEP_PAGES="0")
        asked = {(host, path): headers for host, path, headers in harbour.requests}
    assert run["counts"]["rendered"] == 1
    for path in ("/a/1", "/data.json", "/hop"):
        own = asked[HOST, path]
        assert (own.get("X-Key"), own.get("Cookie")) == ("k3y", "consent=yes"), path
    for path in ("/hopped", "/script.json"):
        foreign = asked[OTHER, path]
        assert "X-Key" not in foreign, path
        assert "Cookie" not in foreign, path
