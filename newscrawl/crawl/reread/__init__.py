"""Reads kept pages again, by today's rules, and changes the posts that read otherwise."""
