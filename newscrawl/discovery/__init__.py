"""The lists of a source: declared, asked for, read."""
