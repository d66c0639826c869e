"""Which files of newscrawl a page, a date and an outlet's name pass through.

`python -m benchmarks.walk_trace [-v]` prints how many files each of the walks in WALKS enters; -v lists the
files in the order in which they are entered. A file counts when one of its functions is called. Imports do
not count: each walk runs on other input before it is traced, which loads modules, tables and patterns. The
traced input is new to all caches, so run a walk only once in a process. A call back goes from a file into
one of those that wait for it to return, callbacks included.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from types import FrameType

import newscrawl
from newscrawl.crawl.worker.messages import PageTask
from newscrawl.crawl.worker.parse import read
from newscrawl.errors import NewscrawlError
from newscrawl.model.draft import Candidate, Entry
from newscrawl.model.post import Crawl, Post
from newscrawl.model.source import PageLayout, Source
from newscrawl.normalize.attribution import canonical, credited_outlet
from newscrawl.text.dates import parse_date
from newscrawl.text.outlets import outlet_named

_PACKAGE = f"{Path(newscrawl.__file__).parent}/"
_NOW = datetime(2026, 3, 9, tzinfo=UTC)
_PAGE = """<!DOCTYPE html><html lang="zh"><head><meta charset="utf-8">
<title>{title}_示例网</title></head><body>
<div class="nav"><a href="/">首页</a> &gt; <a href="/finance/">财经</a></div>
<h1>{title}</h1><div class="info"><span class="time">2026年03月08日 08:37</span>
<span class="source">来源：{outlet}</span><span>作者：李文静</span></div>
<div id="content">{paragraphs}<p>（责任编辑：王小明）</p></div>
<div class="footer">版权所有 示例网</div></body></html>"""
_PARAGRAPH = (
    "<p>第{number}段：新桥在周三早晨正式通车，市民沿着河岸步行前来，许多人说等这一天已经等了七年之久。</p>"
)
_LAYOUT = PageLayout(
    name="2026",
    title=("h1",),
    body=("#content",),
    date=(".time",),
    outlet=(".source",),
    authors=(".info span",),
)
_UNDECLARED = Source(title="示例网", domain="example.cn")
_DECLARED = Source(title="示例网", domain="example.cn", layouts=(_LAYOUT,))


@dataclass(slots=True)
class Trace:
    """What one walk entered."""

    files: list[str] = field(default_factory=list)  #: each once, in the order of its first call
    calls_back: list[str] = field(
        default_factory=list
    )  #: `callee's file -> waiting caller's file`, each once


@contextmanager
def traced() -> Iterator[Trace]:
    """Record the files of newscrawl whose functions are called inside the `with` block."""
    trace = Trace()
    before = sys.getprofile()
    sys.setprofile(partial(_record, trace))
    try:
        yield trace
    finally:
        sys.setprofile(before)


def _record(trace: Trace, frame: FrameType, event: str, _argument: object) -> None:
    file = _file_of(frame)
    if event != "call" or file is None:
        return
    if file not in trace.files:
        trace.files.append(file)
    callers = list(_callers(frame))
    if callers and callers[0] != file and file in callers:
        call = f"{callers[0]} -> {file}"
        if call not in trace.calls_back:
            trace.calls_back.append(call)


def _callers(frame: FrameType) -> Iterator[str]:
    """The files of the functions that wait for this call to return, the innermost first."""
    outer = frame.f_back
    while outer is not None:
        if (file := _file_of(outer)) is not None:
            yield file
        outer = outer.f_back


def _file_of(frame: FrameType) -> str | None:
    """The file below newscrawl/ of a function; None for other code and during an import."""
    code = frame.f_code
    if code.co_name == "<module>" or not code.co_filename.startswith(_PACKAGE):
        return None
    return code.co_filename.removeprefix(_PACKAGE)


def _page_to_post(source: Source, outlet: str) -> None:
    url = "https://news.example.cn/finance/20260308/10001.html"
    paragraphs = "".join(_PARAGRAPH.format(number=number) for number in range(1, 6))
    body = _PAGE.format(title="新桥通车第一天", outlet=outlet, paragraphs=paragraphs).encode()
    entry = Entry(id="example:10001", url=url, canonical_url=url, share_url=url)
    task = PageTask(entry, url, "text/html; charset=utf-8", body, Crawl("example", "run", _NOW, 200))
    result = read(task, source)
    if not isinstance(result.item, Post):
        raise NewscrawlError(f"the sample page did not become a post: {result.item or result.error}")


def _date(text: str) -> None:
    if parse_date(text, zone="Asia/Shanghai", now=_NOW) is None:
        raise NewscrawlError(f"the sample date {text!r} was not parsed")


def _outlet(printed: str) -> None:
    outlet = credited_outlet(Candidate(printed, "page", "info line"))
    if outlet is None or outlet_named(canonical(outlet, chinese=True).name) is None:
        raise NewscrawlError(f"the sample outlet {printed!r} was not found in the registry")


#: By name: the walk, the input that warms it up, the input that is traced.
WALKS: dict[str, tuple[Callable[[str], None], str, str]] = {
    "undeclared page": (partial(_page_to_post, _UNDECLARED), "北方网", "人民日报客户端"),
    "declared page": (partial(_page_to_post, _DECLARED), "光明网", "中国青年报客户端"),
    "date": (_date, "2026年03月07日 09:12", "2026年03月08日 08:37"),
    "date in words": (_date, "3 小时前", "5 小时前"),
    "outlet": (_outlet, "来源：新京报", "文章来源：证券时报网"),
}


def walk(name: str) -> Trace:
    """Run the walk on both inputs; return the trace of the second run."""
    run, first, second = WALKS[name]
    run(first)
    with traced() as trace:
        run(second)
    return trace


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("-v", "--verbose", action="store_true", help="list the files in order")
    verbose = parser.parse_args(arguments).verbose
    for name in WALKS:
        trace = walk(name)
        print(f"{name}: {len(trace.files)} files, {len(trace.calls_back)} calls back")
        for line in [*trace.files, *(f"back: {call}" for call in trace.calls_back)] if verbose else ():
            print(f"  {line}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
