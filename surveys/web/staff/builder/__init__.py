"""Where staff make surveys: the list, how to begin, and the first of a draft's four steps."""

from flask import Blueprint

from surveys.web.staff.builder import (
    bank_page,
    definition_files,
    deleting,
    history_pages,
    new_survey,
    preview,
    question_posts,
    questions,
    section_posts,
    survey_list,
    undoing,
)

PAGES = (
    survey_list,
    new_survey,
    questions,
    question_posts,
    section_posts,
    bank_page,
    undoing,
    history_pages,
    definition_files,
    deleting,
    preview,
)


def attach(blueprint: Blueprint) -> None:
    """Register the pages of this area."""
    for page in PAGES:
        page.attach(blueprint)
