"""The read side of MongoDB: queries and change streams, for those who never see a spider."""

from newscrawl.read.posts import Posts
from newscrawl.read.query import Filters, Query
from newscrawl.read.watch import Change

__all__ = ["Change", "Filters", "Posts", "Query"]
