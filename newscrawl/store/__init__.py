"""The write side of MongoDB: posts, revisions, rejects, runs, the spool."""
