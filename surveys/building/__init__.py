"""A definition file → a checked survey draft → a frozen version; question types."""
