"""Scheduled crawls: configuration, triggers, the scheduler and the supervisor of each run."""
