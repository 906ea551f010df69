"""What the address of a page says."""

from flask import request

_LONGEST = 15


def place_in_address(name: str) -> int:
    """The key behind which a page of a list begins; 0 for the first page."""
    text = request.args.get(name, "")[:_LONGEST]
    return int(text) if text.isascii() and text.isdigit() else 0
