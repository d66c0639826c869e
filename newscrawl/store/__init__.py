"""The write side of MongoDB: connection, embedded server, schema, posts, rejects, runs, spool."""
