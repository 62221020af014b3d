"""The one spider, driven by rows of sources.toml."""
