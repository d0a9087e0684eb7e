"""What is coming: as rows, as a calendar to look at, as a file for calendar programs."""
