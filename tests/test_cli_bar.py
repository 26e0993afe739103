"""The bar of a long step says how much is done, and how long the rest will take."""

import io

import pytest
from rich.console import Console

from ops_widgets.cli.bar import Bar


@pytest.fixture
def clock():
    """A clock that a test turns: seconds since the start."""
    return [0.0]


@pytest.fixture
def bar(clock):
    console = Console(file=io.StringIO(), force_terminal=True, width=120, get_time=lambda: clock[0])
    with Bar(console) as opened:
        opened._progress.live.auto_refresh = False
        yield opened


def shown(bar):
    console = Console(file=io.StringIO(), width=120, color_system=None)
    console.print(bar._progress.get_renderable())
    return console.file.getvalue().strip()


def test_rows_done_and_the_time_left_at_the_pace_so_far(bar, clock):
    bar("orders 2024-01", 0, 4_000_000)
    assert "0 of 4,000,000" in shown(bar)
    assert "left" not in shown(bar), "nothing is known yet"
    clock[0] = 60
    bar("orders 2024-02", 1_000_000, 4_000_000)
    assert "1,000,000 of 4,000,000 0:03:00 left orders 2024-02" in shown(bar)
    clock[0] = 90
    assert "0:02:30 left" in shown(bar)
    clock[0] = 9_000
    assert "0:00:00 left" in shown(bar)


def test_a_step_of_unknown_length_has_no_numbers(bar, clock):
    bar("orders", 5, 10)
    bar("summary sales_day")
    assert "summary sales_day" in shown(bar)
    assert " of " not in shown(bar)
    assert "left" not in shown(bar)


def test_brackets_in_a_name_are_shown_as_they_are(bar):
    bar("[bold]orders[/bold]", 1, 2)
    assert "[bold]orders[/bold]" in shown(bar)
