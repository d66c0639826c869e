"""The metrics and labels that the page reader is measured and trained with."""

from pathlib import Path

import pytest

from benchmarks import corpus, evaluate
from benchmarks.labels import IN, OUT, UNKNOWN, labels_of
from benchmarks.peers import Found


def test_shingles_of_four_words() -> None:
    assert corpus.shingle_counts("a b c d e", "a b c d e") == (1.0, 1.0)
    assert corpus.shingle_counts("a b c d x", "a b c d e") == (0.5, 0.5)
    assert corpus.shingle_counts("", "a") == (0.0, 0.0)


def test_tokens_are_words_and_pairs_of_characters() -> None:
    assert corpus.tokens("Rain 3x，北方网") == {"rain": 1, "3x": 1, "北方": 1, "方网": 1}
    assert corpus.token_f1("Rain fell", "rain fell") == 1
    assert corpus.token_f1("rain", "snow") == 0
    assert corpus.token_f1("", "") == 1


def test_a_truth_may_contain_a_line_separator(tmp_path: Path) -> None:
    (tmp_path / "aeb").mkdir()
    lines = [
        '{"id": "a", "url": null, "body": "One.\u2028Two."}',
        '{"id": "b", "url": null, "body": "Three."}',
    ]
    (tmp_path / "aeb" / "truth.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert [page.truth["body"] for page in corpus.pages(tmp_path, ("aeb",))] == ["One.\u2028Two.", "Three."]


def test_snippets_are_pooled_over_a_set() -> None:
    truth = {"with": ["one two", "three"], "without": ["ad"]}
    assert corpus.snippet_counts("one  two\nad", truth) == (1, 1, 1)
    assert corpus.body_f1("trafilatura", [("one two three", truth), ("", truth)]) == pytest.approx(2 / 3)


def test_labels_of_blocks() -> None:
    truth = "The bridge will open again before the winter.\nA subheading\n"
    truth += "It was closed in May for repairs and painting."
    texts = [
        "Menu",
        "The bridge will open again before the winter.",
        "A subheading",
        "Read more",
        "It was closed in May for repairs and painting.",
        "Another story that has nothing to do with it at all",
        "…",
    ]
    assert labels_of(texts, truth) == [OUT, IN, IN, OUT, IN, OUT, UNKNOWN]


def test_a_paragraph_that_stands_twice_is_in_once() -> None:
    line = "The bridge will open again before the winter."
    other = "It was closed in May for repairs and painting."
    labels = labels_of([line, "Menu", "Sport", "Money", "Travel", line, other], f"{line}\n{other}")
    assert labels == [OUT, OUT, OUT, OUT, OUT, IN, IN]


def test_labels_of_snippets() -> None:
    truth = {"with": ["bridge will open"], "without": ["subscribe now"]}
    assert labels_of(["The bridge will open.", "Subscribe now!", "Other"], truth) == [IN, OUT, UNKNOWN]


def test_a_wrong_date_is_counted_as_wrong_and_none_is_not() -> None:
    page = corpus.Page("gne", "x", Path("x"), {"date": "2024-05-01T10:00:00+00:00"})
    tally = evaluate.Tally()
    evaluate.judge(tally, page, Found())
    assert (tally.right["day"], tally.right["wrong"]) == (0, 0)
    evaluate.judge(tally, page, Found(date=evaluate.datetime.fromisoformat("2024-05-01T12:00:59+02:00")))
    assert (tally.right["day"], tally.right["minute"]) == (1, 1)
    evaluate.judge(tally, page, Found(date=evaluate.datetime.fromisoformat("2024-05-02T12:00:00")))
    assert tally.right["wrong"] == 1


def test_without_the_corpus_it_says_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("NEWSCRAWL_PAGES", str(tmp_path))
    monkeypatch.setattr("sys.argv", ["evaluate"])
    assert evaluate.main() == 2
    assert "absent" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("url", "site"),
    [
        ("https://www.bbc.co.uk/news/1", "bbc.co.uk"),
        ("https://politics.people.com.cn/n1/1", "people.com.cn"),
        ("https://blog.example.org/", "example.org"),
        (None, "gne:163"),
    ],
)
def test_pages_of_a_site_stay_together(url: str | None, site: str) -> None:
    assert corpus.Page("gne", "163_2", Path("x"), {"url": url}).site == site
