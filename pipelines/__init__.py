"""One file per step, each thin over a pure function; newscrawl/settings.py has their order."""
