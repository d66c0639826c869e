"""One file per step, each thin over a pure function; newscrawl/settings.py has their order.

The functions are imported with the first draft: where pages are read in a process of their own, few come.
"""
