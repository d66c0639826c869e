"""Webhooks: the changes of posts, sent to receivers by HTTP, at least once and in order for each post.

`sender.py` takes the changes from the change stream; what a receiver does not take waits in `queue.py`.
"""
