"""Exports posts as a Jekyll site, and imports them from one."""
