"""One file per source: declarations only."""
