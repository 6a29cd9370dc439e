"""A personal link → a form → saved answers → one final response."""
