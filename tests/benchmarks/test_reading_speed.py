"""benchmarks.reading_speed: who is asked, in which order, and what is said without the pages."""

import gzip
from pathlib import Path

import pytest

from benchmarks import corpus, reading_speed


def page_in(folder: Path, number: int) -> corpus.Page:
    path = folder / f"{number}.html.gz"
    path.write_bytes(gzip.compress(f"<h1>Page {number}</h1>".encode()))
    return corpus.Page("aeb", str(number), path, {"url": f"https://example.org/{number}"})


def test_each_page_is_read_by_each_in_turn(tmp_path: Path) -> None:
    pages = [page_in(tmp_path, number) for number in range(3)]
    asked: list[tuple[str, str]] = []

    def reader(name: str) -> reading_speed.Reader:
        return lambda body, url: asked.append((name, f"{url} {body.decode()}"))

    spent = reading_speed.compare(pages, {"a": reader("a"), "b": reader("b")}, rounds=2)
    assert set(spent) == {"a", "b"}
    assert all(milliseconds >= 0 for milliseconds in spent.values())
    timed = asked[6:]  # after the warming
    assert [name for name, _ in timed] == ["b", "a", "a", "b", "b", "a", "a", "b", "b", "a", "a", "b"]
    assert timed[0][1] == "https://example.org/0 <h1>Page 0</h1>"


def test_both_readers_read_a_page(tmp_path: Path) -> None:
    readers = reading_speed.readers()
    assert set(readers) == {"newscrawl", "trafilatura"}
    assert all(value > 0 for value in reading_speed.compare([page_in(tmp_path, 1)], readers, 5).values())


def test_absent_pages_are_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("NEWSCRAWL_PAGES", str(tmp_path))
    monkeypatch.setattr("sys.argv", ["reading_speed"])
    assert reading_speed.main() == 2
    assert "NEWSCRAWL_PAGES" in capsys.readouterr().err
