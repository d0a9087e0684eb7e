"""Why somebody gets a note on a day, or none: every rule that was asked, and what it answered."""
