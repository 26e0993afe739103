"""The log of the app server: what is said again and again is written once, with a count."""

import logging

import pytest

from ops_widgets.publish.server.incidents import incident
from ops_widgets.publish.server.repeats import MOST, WHILE, Repeats, calm


@pytest.fixture
def desk():
    """``desk.say(...)`` logs; ``desk.lines`` are what was written; ``desk.now`` is the clock."""

    class Desk(logging.Handler):
        now = 0.0

        def __init__(self):
            super().__init__()
            self.setFormatter(logging.Formatter("%(message)s"))
            self.repeats = Repeats(lambda: self.now)
            self.addFilter(self.repeats)
            self.text = []

        def emit(self, record):
            self.text.append(self.format(record))

    desk = Desk()
    log = logging.getLogger("ops_widgets.incidents")
    log.addHandler(desk)
    desk.log = log
    yield desk
    log.removeHandler(desk)


def test_the_same_complaint_is_written_once_and_counted(desk):
    for port in range(40_000, 40_900):
        desk.log.warning("Refused a connection of %s, port %d", "192.0.2.7", port)
    assert desk.text == ["Refused a connection of 192.0.2.7, port 40000"]
    assert desk.repeats.over() == [], "its minute is not over"
    desk.now = WHILE
    assert desk.repeats.over() == ["899 times more: Refused a connection of 192.0.2.7, port 40000"]


def test_after_its_minute_a_complaint_is_written_again(desk):
    def complain():
        desk.log.warning("The disk is full")

    complain()
    complain()
    desk.now = WHILE
    desk.repeats.over()
    complain()
    assert desk.text == ["The disk is full"] * 2


def test_the_same_traceback_is_written_once_whatever_its_words(desk):
    for number in range(500):
        try:
            {}[f"kernel-{number:x}"]
        except KeyError as error:
            desk.log.error("Task %s failed", f"<Task {number}>", exc_info=error)
    assert len(desk.text) == 1
    assert desk.text[0].count("Traceback") == 1


def test_one_line_of_code_that_is_fed_other_words_each_time_is_bounded_and_others_are_heard(desk):
    for number in range(5000):
        letters = "".join(chr(ord("g") + int(digit)) for digit in str(number))
        desk.log.warning("Refused: %s", letters)
    desk.log.error("The summaries are damaged")
    assert len(desk.text) == MOST + 1
    assert desk.text[-1] == "The summaries are damaged"
    (count,) = desk.repeats.over(everything=True)
    assert count.startswith(f"{5000 - MOST} times more: ")


def test_the_number_of_every_incident_stands_in_the_log_and_its_traceback_once(desk):
    numbers = []
    for _ in range(20):
        try:
            raise ValueError("the same cause")
        except ValueError as error:
            numbers.append(incident("/apps/cohort_activity", error))
    whole = "\n".join(desk.text)
    assert all(number in whole for number in numbers)
    assert len(set(numbers)) == 20
    assert whole.count("Traceback") == 1
    assert len(desk.text) == 20


def test_every_logger_writes_as_the_server_does_and_each_thing_once(monkeypatch):
    root = logging.getLogger()
    monkeypatch.setattr(root, "handlers", [])
    written = []

    class Writer(logging.Handler):
        def emit(self, record):
            written.append(record.getMessage())

    server = logging.Logger("Server")
    server.addHandler(Writer())
    count = calm(server)
    for _ in range(3):
        server.warning("from the server")
        logging.getLogger("asyncio").error("from the loop")
    assert written == ["from the server", "from the loop"]
    count(everything=True)
    assert sorted(written[2:]) == [
        "2 times more: from the loop",
        "2 times more: from the server",
    ]
