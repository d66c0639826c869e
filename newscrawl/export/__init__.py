"""Posts as files: JSON Lines, CSV, Parquet, feeds, and Jekyll sites (jekyll/)."""
