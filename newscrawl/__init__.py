"""newscrawl turns news source pages into clean, dated, attributed posts in MongoDB."""
