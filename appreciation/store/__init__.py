"""What we know, kept: tables, the questions asked of them, engine and migrations."""
