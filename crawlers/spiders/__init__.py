"""The one spider, driven by the rows of the list of sources."""
