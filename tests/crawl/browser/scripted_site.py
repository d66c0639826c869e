"""A small site whose pages scripts fill, or try to do worse; and a server that nobody may ask."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tests.crawl.test_strange_sites import LATELY, NOTHING, Answer, feed, page
from tests.loopback import QuietHandler, listening

HOST = "odd.example.com"
HTML = "text/html; charset=utf-8"
ROBOTS: Answer = (200, "text/plain", "User-agent: *\nDisallow: /private/\n")

#: Builds the article from the JSON beside its page, as such sites do.
APP = """
const put = (tag, words, more) => {
  const made = document.createElement(tag);
  made.textContent = words;
  Object.entries(more || {}).forEach(([name, value]) => made.setAttribute(name, value));
  return made;
};
const show = (told) => {
  const app = document.getElementById('app');
  document.title = told.title;
  app.append(put('h1', told.title), put('time', 'today', {datetime: told.date}));
  const body = app.appendChild(document.createElement('article'));
  told.text.forEach((words) => body.append(put('p', words)));
};
const load = (path) => fetch(path).then((answer) => answer.json()).then(show);
"""


def article(name: str) -> Answer:
    """What the API of the site says of an article."""
    text = [f"The council of {name} met on day {n} and spoke at length about its harbour." for n in range(9)]
    told = {
        "title": f"The council of {name} met about its harbour",
        "date": LATELY.isoformat(),
        "text": text,
    }
    return 200, "application/json", json.dumps(told)


def shell(script: str, head: str = "") -> Answer:
    """A page without a text of its own."""
    return (
        200,
        HTML,
        f"<!doctype html><html><head><title></title>{head}</head><body><div id=app></div>"
        f'<script src="/app.js"></script><script>{script}</script></body></html>',
    )


def filled(name: str, before: str = "", head: str = "") -> Answer:
    """A page that its script fills, after doing something else."""
    return shell(f"{before}; load('/api/{name}.json')", head)


def pages(*names: str, **others: Answer) -> dict[str, Answer]:
    """A site whose feed lists an article for each name, and for each of the others, `/a/NAME.html`."""
    found: dict[str, Answer] = {
        "/robots.txt": ROBOTS,
        "/app.js": (200, "text/javascript", APP),
        "/rss.xml": feed(*(f"/a/{name}.html" for name in (*names, *others))),
    }
    for name in (*names, *others):
        found[f"/a/{name}.html"] = others.get(name) or filled(name)
        found[f"/api/{name}.json"] = article(name)
    return found


def static(name: str) -> Answer:
    """A page that has its article without scripts."""
    return page(name, f"http://{HOST}/a/{name}.html")


@contextmanager
def serving(
    answer: Callable[[str], Answer],
    log: list[tuple[str, str, str]] | None = None,
    sent: list[dict[str, str]] | None = None,
    headers: dict[str, str] | None = None,
) -> Iterator[tuple[str, Counter[str]]]:
    """A server that answers by path; its address, and what was asked how often. To `log` goes the method,
    the host and the path of each request, to `sent` its headers and `path`. Each answer has
    these `headers`, too."""
    asked: Counter[str] = Counter()

    class Handler(QuietHandler):
        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            asked[path] += 1
            if log is not None:
                log.append((self.command, self.headers["Host"] or "", self.path))
            if sent is not None:
                sent.append({**dict(self.headers.items()), "path": self.path})
            status, kind, body = answer(path)
            self.rfile.read(int(self.headers["Content-Length"] or 0))
            data = body.encode()
            self.send_response(status)
            if status in (301, 302):
                self.send_header("Location", kind)
                kind = HTML
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(data)))
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(data)

        do_POST = do_GET

    with listening(Handler) as port:
        yield f"http://127.0.0.1:{port}", asked


@contextmanager
def serving_pages(found: dict[str, Answer]) -> Iterator[tuple[str, Counter[str]]]:
    """A server of pages by path."""
    with serving(lambda path: found.get(path, NOTHING)) as served:
        yield served
