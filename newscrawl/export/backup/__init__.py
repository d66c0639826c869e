"""A whole database as one file, and back: `newscrawl db dump` and `newscrawl db restore`."""
