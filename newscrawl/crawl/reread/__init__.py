"""Reads kept pages again with the current rules, and changes posts whose content differs."""
