"""The documents that other systems read, the one form of them for the API, events and pages."""
