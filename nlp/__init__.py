"""Understanding: text in, meaning out. No network, no database; arguments in, answers out."""
