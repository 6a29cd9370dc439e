"""`/surveys/<code>/correct`: other words, or other questions, for a survey that runs."""

from surveys.web.staff.correcting.pages import attach

__all__ = ["attach"]
