"""Telling: from a judged document to a mail. Roster, settings, history and the clock come in as arguments."""
