"""Forgets articles for good, wherever newscrawl keeps something of them."""
