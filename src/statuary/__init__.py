"""HTTP's status codes as working software."""

__version__ = "0.1.0"
