"""What only a process of its own can show: imports, pipes, silence."""

import os
import pty
import re
import subprocess
import sys
from pathlib import Path

OPS = Path(sys.executable).with_name("ops")


def test_help_loads_nothing_heavy():
    """It is asked for in the middle of typing: numpy or a kernel would make one wait."""
    code = (
        "import sys, typer.testing\n"
        "from ops_widgets.cli import app\n"
        "assert typer.testing.CliRunner().invoke(app, ['--help']).exit_code == 0\n"
        "print(sorted({'numpy', 'pandas', 'duckdb', 'ibis', 'altair', 'papermill', 'voila'}"
        " & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_a_reader_that_goes_away_is_no_error():
    running = subprocess.Popen([OPS, "--help"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert running.stdout is not None
    running.stdout.close()
    _, complaint = running.communicate()
    assert complaint == b""


def test_no_progress_is_shown_where_nobody_watches(tmp_path):
    out = tmp_path / "shop"
    command = [OPS, "sample", "--customers", "50", "--months", "2", "--out", out]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    assert done.stdout == f"Wrote a shop of 50 customers and 2 months to {out}.\n"


def watched(*command):
    """All that a person at a terminal sees of a command, and its exit code."""
    screen, terminal = pty.openpty()
    environment = {k: v for k, v in os.environ.items() if k != "CI"} | {"TERM": "xterm"}
    environment |= {"COLUMNS": "120", "LINES": "30"}
    running = subprocess.Popen(command, stdout=terminal, stderr=terminal, env=environment)
    os.close(terminal)
    seen = b""
    try:
        while piece := os.read(screen, 4096):
            seen += piece
    except OSError:
        pass  # how Linux says that nobody writes any more
    os.close(screen)
    return seen.decode(), running.wait()


def test_who_watches_sees_a_bar_with_rows_and_no_log(tmp_path):
    shop = tmp_path / "shop"
    subprocess.run(
        [OPS, "sample", "--customers", "200", "--months", "3", "--out", shop], check=True
    )
    seen, code = watched(OPS, "prepare", shop)
    assert code == 0
    assert re.search(r"\d+ of [\d,]+", seen), "rows done of all rows"
    assert "left" in seen
    assert "what has changed" in seen
    assert "rows in," not in seen
    assert "Built the summaries of shop" in seen
