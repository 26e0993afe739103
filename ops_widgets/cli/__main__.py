"""``python -m ops_widgets.cli``: the command, by this very Python."""

from ops_widgets.cli import app

app()
