"""What a customer is worth: past, future and referrals; pure functions of what was bought."""
