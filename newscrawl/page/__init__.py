"""The bytes of one page to what it says; knows nothing of crawling."""
