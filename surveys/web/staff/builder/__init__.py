"""Where staff make surveys: the list, and the first of the four steps of a draft."""

from flask import Blueprint

from surveys.web.staff.builder import (
    preview,
    question_posts,
    questions,
    section_posts,
    survey_list,
    undoing,
)


def attach(blueprint: Blueprint) -> None:
    """Register the pages of this area."""
    for page in (survey_list, questions, question_posts, section_posts, undoing, preview):
        page.attach(blueprint)
