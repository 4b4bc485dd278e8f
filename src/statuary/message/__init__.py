"""Messages as values: field sections, requests, responses, exchanges. What they mean is for semantics/."""
