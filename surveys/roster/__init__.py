"""A file of graduates → checked rows → people; and who gets no more mail."""
