"""The embedded MongoDB, shared by all commands of a home folder."""
