"""What a repair costs: the price book, the quotes made from it, and every line that led to the total."""
