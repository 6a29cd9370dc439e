"""Pictures of numbers: geometry in Python, written as SVG by templates in drawings/."""
