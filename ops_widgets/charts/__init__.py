"""Floor 3: tidy frames become charts, tables and formatted numbers."""

import sys

# Altair imports jsonschema, which compiles a grammar of web addresses where rfc3987_syntax is
# installed (JupyterLab brings it): 0.8 s of a page's start, for a check that no chart makes.
# None says "not installed" to the import system; jsonschema then leaves that check out.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
