"""Exporting: what people said → files that other programs read, each with its codebook."""
