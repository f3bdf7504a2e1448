import pytest

from engine.emotion.experts.sentences import credit, english, split


def test_a_text_is_split_at_its_sentences():
    text = 'We made it!  "Really?" he asked. Yes ... \n we are home'
    assert split(text) == ["We made it!", '"Really?', "he asked.", "Yes ...", "we are home"]


@pytest.mark.parametrize("text", ["", "  ", "... !", "—"])
def test_marks_alone_are_no_sentences(text):
    assert split(text) == []


@pytest.mark.parametrize(
    "title",
    [
        "Directed by Jane Doe",
        "JANE DOE",
        "Executive Producer",
        "A film by the Example Foundation",
        "© 2010 Example Open Movie Project",
        "www.example.org",
        "Jane Doe, John Roe, Max Muster",
        "All Rights Reserved",
        "MMX",
    ],
)
def test_credits_and_names_are_no_sentences_of_the_story(title):
    assert credit(title)


@pytest.mark.parametrize(
    "title",
    ["Ten years earlier in a small town", "I WILL FIND YOU", "HELP!", "The monster is out there"],
)
def test_titles_that_say_something_are_english_and_no_credits(title):
    assert english(title)
    assert not credit(title)


@pytest.mark.parametrize(
    "text",
    [
        "Guten Tag, ich wohne in einem kleinen Haus am Rande der Stadt",
        "Bonjour, j'habite dans une petite maison",
        "La vida es a veces muy triste y no hay nada que hacer",
        "こんにちは",
        "1234",
    ],
)
def test_other_languages_are_not_english(text):
    assert not english(text)
