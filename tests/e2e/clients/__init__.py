"""Clients of a running platform, as its users and its administrators have them."""
