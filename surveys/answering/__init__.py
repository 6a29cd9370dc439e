"""A personal link → a form → saved answers → one final response; and the wish for no more mail.

Answers are one flat document: question code → value, as `reading` writes it; the text beside the
option `other` stands under `<code>.other`. Knows no HTTP: a form is a mapping of field names.
"""
