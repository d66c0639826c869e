"""Names of files: WACZ, folders, months of CC-NEWS."""

from __future__ import annotations

import gzip
import json
import zipfile
from pathlib import Path

import pytest

from newscrawl import settings
from newscrawl.captures.places import expand, month_files, opened
from newscrawl.errors import FetchFailed, UsageError
from tests.captures.file_server import serving
from tests.captures.warcs import article, info, page, url_of, write
from tests.crawl.crawls import documents
from tests.warm import run as newscrawl


def test_a_wacz_is_its_warc_files(tmp_path: Path) -> None:
    warc = write(tmp_path / "data.warc.gz", [info(), page(url_of(1), article(1))])
    with zipfile.ZipFile(tmp_path / "a.wacz", "w") as bag:
        bag.writestr("datapackage.json", "{}")
        bag.write(warc, "archive/data.warc.gz", zipfile.ZIP_STORED)
        bag.write(warc, "archive/more.warc.gz", zipfile.ZIP_DEFLATED)
    names = expand([str(tmp_path / "a.wacz")])
    assert [name.rpartition("!")[2] for name in names] == ["archive/data.warc.gz", "archive/more.warc.gz"]
    for name in names:
        with opened(name) as place:
            assert place.size == warc.stat().st_size
            place.file.seek(5)
            assert place.file.read(50) == warc.read_bytes()[5:55]


def test_a_file_is_named_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path / "a.warc.gz", [info()])
    monkeypatch.chdir(tmp_path)
    assert expand(["a.warc.gz", str(path), "https://example.org/b.warc.gz"]) == [
        str(path.resolve()),
        "https://example.org/b.warc.gz",
    ]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("nowhere.warc.gz", "is not there; give a WARC file"),
        (".", "is a folder; name its files"),
        ("ftp://example.org/a.warc.gz", "is not an http address"),
        ("https://example.org/a.wacz", "download it first"),
    ],
)
def test_what_cannot_be_read_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, words: str
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match=words):
        expand([name])


def test_a_zip_without_archives(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as bag:
        bag.writestr("a.txt", "words")
    with pytest.raises(UsageError, match="a zip file without WARC files"):
        expand([str(tmp_path / "a.zip")])


def test_a_month_of_cc_news(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "crawl-data" / "CC-NEWS" / "2026" / "10"
    folder.mkdir(parents=True)
    paths = [f"crawl-data/CC-NEWS/2026/10/CC-NEWS-2026100{day}000000-0000{day}.warc.gz" for day in (1, 2)]
    (folder / "warc.paths.gz").write_bytes(gzip.compress("\n".join([*paths, ""]).encode()))
    with serving(tmp_path) as server:
        monkeypatch.setattr(settings, "NEWSCRAWL_COMMON_CRAWL", server.address)
        monkeypatch.setenv("NEWSCRAWL_PRIVATE_HOSTS", server.host)
        assert month_files("2026-10") == [server.address + path for path in paths]
        with pytest.raises(FetchFailed, match=r"2026/11/warc\.paths\.gz is not there: HTTP 404"):
            month_files("2026-11")
    with pytest.raises(UsageError, match="'2026-13' is not a month; write it as 2026-10"):
        month_files("2026-13")


@pytest.mark.slow
def test_a_month_is_read_over_the_web_and_goes_on_after_it_broke_off(database: str, tmp_path: Path) -> None:
    folder = tmp_path / "crawl-data" / "CC-NEWS" / "2026" / "10"
    folder.mkdir(parents=True)
    paths = []
    for part in range(2):
        records = (page(url_of(number), article(number)) for number in range(part * 300, part * 300 + 300))
        path = write(folder / f"CC-NEWS-{part}.warc.gz", [info(), *records])
        paths.append(str(path.relative_to(tmp_path)))
    (folder / "warc.paths.gz").write_bytes(gzip.compress("\n".join(paths).encode()))
    with serving(tmp_path) as server:
        server.moved = {f"/{paths[1]}": "/nowhere"}
        place = {"NEWSCRAWL_COMMON_CRAWL": server.address, "NEWSCRAWL_PRIVATE_HOSTS": server.host}
        words = ("archive", "--any", "--cc-news", "2026-10", "--json")
        done = newscrawl(*words, **place)
        assert done.returncode == 1
        assert "is not there: HTTP 404" in done.stderr
        assert len(documents(database)) == 300
        server.moved, server.asked[:] = {}, []
        done = newscrawl(*words, **place)
        assert done.returncode == 0, done.stderr
        assert [one["state"] for one in json.loads(done.stdout)] == ["read before", "done"]
    assert len(documents(database)) == 600
