"""The plain form client reads and fills a form as a browser without scripts would."""

import random

from demo.respondent import fill, find_survey_link, read_form

PAGE = """
<form method="get"><input name="q"></form>
<form method="post" action="/s/x">
  <input type="hidden" name="section" value="0">
  <input type="radio" name="nps" value="7"><input type="radio" name="nps" value="8">
  <input type="checkbox" name="skills" value="a"><input type="text" name="city">
  <textarea name="comment"></textarea><input name="off" disabled>
  <button name="action" value="next">Devam et</button>
  <button name="action" value="back">Geri</button>
</form>
"""


def test_form_client_reads_the_form_that_asks() -> None:
    form = read_form(PAGE, "http://127.0.0.1:8000/s/x?s=nps:8")

    assert form is not None
    assert form.action == "http://127.0.0.1:8000/s/x"
    assert form.choices == {"nps": ["7", "8"]}
    assert form.typed == ["city", "comment"]


def test_form_client_sends_what_was_chosen_typed_and_pressed() -> None:
    form = read_form(PAGE, "http://127.0.0.1:8000/s/x")
    assert form is not None

    pairs = fill(form, {"city": "İzmir"}, random.Random(1))

    names = [name for name, _ in pairs]
    assert names == ["section", "nps", "skills", "city", "comment", "action"]
    assert dict(pairs)["city"] == "İzmir"
    assert dict(pairs)["action"] == "next"


def test_form_client_ends_where_nothing_is_asked() -> None:
    assert read_form("<form method=post><button>Geri al</button></form>", "http://x/") is None


def test_link_is_found_among_links_that_carry_an_answer() -> None:
    token = "aerukz4jvpg66mgo2leknmnihc6x45sa"
    text = f"8: http://h/s/{token}?s=nps:8\nAnket: http://h/s/{token}\n"

    assert find_survey_link(text) == f"http://h/s/{token}"
