"""The user agent: sends requests and does what their answers ask for. For users: agent.UserAgent and blocking.fetch."""
