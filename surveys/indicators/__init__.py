"""PG3.3.5 and its like: definition, targets, the value reached."""
