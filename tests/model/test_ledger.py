"""The ledger: every page ends once, the counts add up, and a bad run says why."""

from newscrawl.model.ledger import Ledger, Outcome


def good_ledger() -> Ledger:
    ledger = Ledger(lists=2, entries=40)
    for n in range(20):
        ledger.take(f"p{n}")
        ledger.end(f"p{n}", "stored")
    return ledger


def test_a_good_run_has_no_problem() -> None:
    assert good_ledger().problems() == []


def test_a_page_ends_once() -> None:
    ledger = good_ledger()
    ledger.take("x")
    ledger.end("x", "failed", "HTTP 500")
    ledger.end("x", "stored")
    ledger.end("never taken", "stored")
    assert ledger.outcomes["failed"] == 1
    assert ledger.outcomes["stored"] == 20
    assert ledger.adds_up


def test_what_a_stopped_run_left_open_is_failed() -> None:
    ledger = good_ledger()
    ledger.take("open")
    assert ledger.adds_up
    ledger.settle()
    assert ledger.outcomes["failed"] == 1
    assert ledger.reasons["the run stopped first"] == 1
    assert ledger.pages == sum(ledger.outcomes.values())


def test_a_spooled_page_that_is_stored_at_last_counts_once() -> None:
    ledger = good_ledger()
    ledger.take("s")
    ledger.end("s", "spooled")
    assert "wait in the spool" in ledger.problems()[0]
    ledger.end("s", "stored")
    assert ledger.problems() == []
    assert ledger.outcomes["spooled"] == 0
    assert ledger.adds_up


def test_nothing_read_nothing_listed_nothing_stored() -> None:
    assert "no list could be read" in Ledger().problems()[0]
    assert "held no article" in Ledger(lists=3).problems()[0]
    ledger = Ledger(lists=1, entries=3)
    for n in range(3):
        ledger.take(str(n))
        ledger.end(str(n), "rejected", "no title")
    assert ledger.problems() == ["none of 3 pages became a post; most often: no title"]


def test_nothing_new_is_no_problem() -> None:
    assert Ledger(lists=1, entries=20, known=20).problems() == []


def test_mostly_bad_is_degraded_and_a_list_given_up_too() -> None:
    ledger = Ledger(lists=1, entries=20)
    for n in range(20):
        ledger.take(str(n))
        ledger.end(str(n), "stored" if n < 8 else "failed", None if n < 8 else "TimeoutError")
    ledger.list_failures["truncated JSON"] += 1
    assert ledger.problems() == [
        "1 list given up: truncated JSON",
        "only 8 of 20 pages were good; most often: TimeoutError",
    ]


def test_counts_that_do_not_add_up_are_told() -> None:
    ledger = good_ledger()
    ledger.outcomes["stored"] -= 1
    assert any("do not add up" in problem for problem in ledger.problems())


def test_what_was_bad_before_is_no_news() -> None:
    ledger = Ledger(lists=1, entries=40, known=37)
    ends: tuple[Outcome, ...] = ("rejected", "rejected", "failed")
    for n, outcome in enumerate(ends):
        ledger.take(str(n), again=True)
        ledger.end(str(n), outcome, "HTTP 404")
    assert ledger.problems() == []
    assert ledger.new_failures == 0
    assert ledger.adds_up
    ledger.take("new")
    ledger.end("new", "failed", "HTTP 500")
    assert ledger.new_failures == 1
    assert "none of 1 pages became a post" in ledger.problems()[0]


def test_several_pages_in_place_of_articles_make_a_bad_run() -> None:
    ledger = Ledger(lists=1, entries=40)
    for number in range(40):
        ledger.take(str(number))
        ledger.end(
            str(number), *(("rejected", "no longer the article") if number < 3 else ("unchanged", None))
        )
    [problem] = ledger.problems()
    assert problem.startswith("3 pages are no longer the articles that are stored")
    assert "NEWSCRAWL_REPLACE" in problem


def test_articles_that_are_gone_are_good_ends() -> None:
    ledger = Ledger(lists=1, entries=12)
    for n in range(12):
        ledger.take(f"p{n}")
        ledger.end(f"p{n}", "withdrawn" if n % 2 else "gone")
    assert ledger.problems() == []
    assert ledger.adds_up
    assert (ledger.counts()["gone"], ledger.counts()["withdrawn"]) == (6, 6)


def test_more_articles_gone_than_there_is_the_site() -> None:
    ledger = good_ledger()
    ledger.unbelieved = 30
    [problem] = ledger.problems()
    assert problem.startswith("30 stored articles are gone and only 20 are there")


def test_undone_is_what_is_open_failed_or_in_the_spool() -> None:
    ledger = Ledger()
    for page in ("open", "failed", "spooled", "stored late", "stored", "rejected"):
        ledger.take(page)
    for page, outcome in (("failed", "failed"), ("spooled", "spooled"), ("stored late", "spooled")):
        ledger.end(page, outcome)  # type: ignore[arg-type]
    ledger.end("stored", "stored")
    ledger.end("rejected", "rejected", "no title")
    ledger.end("stored late", "stored")
    assert ledger.undone == {"open", "failed", "spooled"}
    ledger.settle()
    assert ledger.undone == {"open", "failed", "spooled"}


def test_undone_has_the_ids_that_lists_gave_an_article() -> None:
    ledger = Ledger()
    ledger.take("a")
    ledger.rename("a", "b")
    ledger.rename("b", "c")
    assert ledger.undone == {"a", "b", "c"}
    ledger.end("c", "stored")
    assert ledger.undone == set()


def test_an_unchanged_list_is_one_that_was_read() -> None:
    ledger = Ledger(lists=1, unchanged_lists=1, entries=30, known=30)
    assert ledger.problems() == []
    assert ledger.counts()["unchanged_lists"] == 1
