"""A report of links, one module for each way to say it."""
