"""Summing up: from the figures of one closed week to the BÁO CÁO. No clock, no database, no network."""
