"""Rates: what became of each case, the shares that follow, and what may be shown of them."""
