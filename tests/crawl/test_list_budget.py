"""A run stops requesting lists at a number of requests and after a time."""

from newscrawl.crawl.list_budget import MAX_REQUESTS, MAX_REQUESTS_SINCE, ListBudget


def test_requests_are_counted() -> None:
    budget = ListBudget(2, 1, clock=lambda: 0.0)
    assert [budget.spend() for _ in range(4)] == [None, None, *["lists after 2 requests of one run"] * 2]


def test_time_is_counted_from_the_start() -> None:
    now = [100.0]
    budget = ListBudget(10, 0.5, clock=lambda: now[0])
    now[0] += 1800
    assert budget.spend() is None
    now[0] += 1
    assert budget.spend() == "lists after 0.5 hours of one run"


def test_a_crawl_back_in_time_has_more() -> None:
    assert ListBudget.of_run(since=False).requests == MAX_REQUESTS < MAX_REQUESTS_SINCE
    assert ListBudget.of_run(since=True).requests == MAX_REQUESTS_SINCE
    assert ListBudget.of_run(since=True, requests=7).requests == 7
