"""Importing: the files that an owner has, taken in once, and taken back where one was wrong."""
