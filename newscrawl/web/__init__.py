"""The web pages and the JSON API, on top of the read side. Contains no logic about posts."""
