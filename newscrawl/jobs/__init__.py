"""Crawls by the clock."""
