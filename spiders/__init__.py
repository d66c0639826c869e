"""One file per source: declarations only."""

import newscrawl  # noqa: F401  from here on, newscrawl.spiders and spiders are the same modules
