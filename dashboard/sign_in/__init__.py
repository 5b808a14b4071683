"""Signing in and out: the doorkeeper who knows the accounts, and the plain pages for it."""
