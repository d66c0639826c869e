"""The reader's pages and the JSON API over the read side. No logic of its own about posts."""
