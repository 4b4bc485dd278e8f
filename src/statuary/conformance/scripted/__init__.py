"""A server that says what a scenario asks, rightly or wrongly: for checks of clients, and of intermediaries from behind."""
