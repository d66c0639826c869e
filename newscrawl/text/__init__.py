"""Names, dates, addresses and labels as text, parsed and recognized without a page."""
