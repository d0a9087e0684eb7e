"""Cards, envelopes and the pick list as PDFs; knows paper, but no customer."""
