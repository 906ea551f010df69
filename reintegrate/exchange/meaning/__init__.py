"""What a grid says: where the list begins, what its columns hold, who stands in each row."""
