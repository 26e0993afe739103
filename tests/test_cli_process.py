"""What only a process of its own can show: imports, pipes, silence."""

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
