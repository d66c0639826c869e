"""The embedded MongoDB: found, started, shared by the commands of one home folder."""
