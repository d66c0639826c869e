"""When the page says that it was published."""
