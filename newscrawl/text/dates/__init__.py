"""Dates as sources print them, parsed to aware UTC times. Pure: the clock is passed in."""

from newscrawl.text.dates.parse import parse_date
from newscrawl.text.dates.parsed import CLOCK_DOUBT, EARLIEST_YEAR, ParsedDate

__all__ = ["CLOCK_DOUBT", "EARLIEST_YEAR", "ParsedDate", "parse_date"]
