"""newscrawl …: the commands."""
