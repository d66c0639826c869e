"""Dates as sources print them, settled to aware UTC times. Pure: the clock is passed in."""

from newscrawl.dates.parse import parse_date
from newscrawl.dates.parsed import CLOCK_DOUBT, EARLIEST_YEAR, ParsedDate
from newscrawl.dates.settle import settle_date

__all__ = ["CLOCK_DOUBT", "EARLIEST_YEAR", "ParsedDate", "parse_date", "settle_date"]
