"""Other clients, with our reactions: what a response asks for is done inside httpx's transport and requests' adapter."""
