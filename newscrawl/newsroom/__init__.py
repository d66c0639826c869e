"""A replica of the sources on loopback, for the first run and for the tests."""
