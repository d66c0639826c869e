"""Posts as files: JSON lines, CSV, Parquet, feeds; jekyll/ apart."""
