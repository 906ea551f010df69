"""Measuring: how well names are found, how fast pages are."""
