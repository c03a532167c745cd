"""What a portfolio costs over the months ahead: as it runs today, at target, and with machines shared."""
