"""Texts in other languages: catalogues that people translate, compiled before the start."""
