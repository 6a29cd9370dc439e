"""Dispositions, response rates, curve and funnel: each number's one home."""
