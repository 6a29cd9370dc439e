"""What developers run by hand; the service imports nothing of it."""
