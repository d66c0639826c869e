"""Which blocks of a page are the article's text."""
