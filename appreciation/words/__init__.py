"""What we say: greetings, wordings, the finished text and whether it may leave."""
