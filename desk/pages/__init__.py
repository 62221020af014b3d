"""The pages, one file a subject. Each has a `router`; each route names what it needs (desk/access.py)."""
