"""Indicators of the strategic plan: what is counted, against which target, and what is missing."""
