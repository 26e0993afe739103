"""What a model refuses is said once, in sentences that name the key and what would be right."""

from pathlib import Path
from typing import Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from ops_widgets.invalid import Problem, problems, unknown_key, wrong_value

PATH = Path("menu.toml")


class Dish(BaseModel):
    model_config = ConfigDict(extra="forbid")

    price: float = 1.0
    size: Literal["small", "large"] = "small"

    @model_validator(mode="after")
    def _affordable(self) -> "Dish":
        if self.price > 100:
            raise ValueError("nobody pays that")
        return self


class Menu(BaseModel):
    dishes: dict[str, Dish]


def found(dish: dict[str, Any]) -> list[Problem]:
    with pytest.raises(ValidationError) as caught:
        Menu.model_validate({"dishes": {"soup": dish}})
    return problems(caught.value)


def test_a_wrong_value_is_said_with_its_key():
    error = wrong_value(PATH, found({"price": "much"})[0])
    assert error.message.startswith("menu.toml, key dishes.soup.price: Input should be a valid")
    assert error.message.endswith("number.")
    assert error.remedy == ""


def test_one_of_a_few_values_is_shown_and_the_nearest_is_named():
    error = wrong_value(PATH, found({"size": "lage"})[0])
    said = "menu.toml, key dishes.soup.size: 'lage' is not one of 'small' or 'large'."
    assert (error.message, error.remedy) == (said, "Did you mean 'large'?")


def test_the_models_own_words_are_a_sentence_without_pydantics():
    (problem,) = found({"price": 200})
    assert problem.keys == ("dishes", "soup")
    assert problem.sentence == "nobody pays that."
    # The whole value is at fault: no key leads to it.
    with pytest.raises(ValidationError) as caught:
        Dish.model_validate({"price": 200})
    assert wrong_value(PATH, problems(caught.value)[0]).message == "menu.toml: nobody pays that."


def test_a_hint_stays_a_question():
    problem = Problem("value_error", ("a",), "no 'b'. Did you mean 'c'?", "", "b")
    assert problem.sentence == "no 'b'. Did you mean 'c'?"


def test_everything_that_is_wrong_is_found_and_a_typo_is_told_apart():
    first, second = found({"prize": 1, "size": 3})
    assert (first.keys[-1], first.is_unknown_key, first.given) == ("size", False, 3)
    assert (second.keys[-1], second.is_unknown_key) == ("prize", True)
    error = unknown_key(PATH, second.keys, Dish.model_fields)
    assert error.message == "menu.toml has an unknown key 'prize' at [dishes.soup]."
    assert error.remedy == "Did you mean 'price'?"
    assert "at the top level" in unknown_key(PATH, ("x",), []).message
