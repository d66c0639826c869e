"""What watches the crawls: alerts that are sent, metrics, health.

Above `jobs` and `read`, whose state it looks at; `web` and the commands use it.
"""
