"""The origin server: the shell around decide and conclude that listens, reads, performs and sends."""
