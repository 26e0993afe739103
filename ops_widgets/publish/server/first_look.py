"""What a view shows before its page has been made: header and form at once, then its numbers.

They come from the summaries, in a thread of this process: no notebook runs for them.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

from ops_widgets.analyses import ANALYSES
from ops_widgets.charts.locales import speaking
from ops_widgets.charts.pieces import About, header_html
from ops_widgets.publish.server.form import form_html
from ops_widgets.sources.config import SourceConfig
from ops_widgets.summaries.store import Store, open_store
from ops_widgets.views.about import about
from ops_widgets.views.base import View
from ops_widgets.views.choices import Choices
from ops_widgets.widgets.component import Found, Numbers
from ops_widgets.widgets.fields import form_data
from ops_widgets.widgets.session import Session

#: What is computed at once, views whose numbers may wait for that (more would be an attack), and
#: answers that are kept for who asks the same meanwhile.
AT_ONCE, WAITING, KEPT = 2, 4, 32
#: The parts of a page that need nothing drawn, in their order.
PARTS = (Found, Numbers)
NUMBERS = "numbers"


class FirstLook:
    """Header, form and numbers of any view of one source.

    Safe to call from the loop: nothing here waits for the data but its own threads, each of which
    opens the summaries for itself. ``generation()`` names those in force.
    """

    def __init__(self, config: SourceConfig, generation: Callable[[], str]) -> None:
        self._config = config
        self._generation = generation
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="first-look")
        self._known: OrderedDict[tuple[str, ...], Future[str]] = OrderedDict()

    async def frame(self, view: View, offers: Choices) -> str:
        """Header and form as HTML; before there are summaries, the title alone."""
        if not self._generation():
            analysis = ANALYSES[view.notebook]
            return header_html(About(analysis.title, analysis.question))
        return await self._answer("frame", view, lambda: self._frame(view, offers))

    async def numbers(self, view: View) -> str:
        """The headline numbers as HTML, or why there are none; computed once for all who ask.

        Empty where too many others wait for theirs: then the page brings them.
        """
        waiting = sum(not one.done() for (what, *_), one in self._known.items() if what == NUMBERS)
        known = self._key(NUMBERS, view) in self._known
        if not self._generation() or (waiting >= WAITING and not known):
            return ""
        return await self._answer(NUMBERS, view, lambda: self._numbers(view))

    def close(self) -> None:
        """Compute nothing more."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _answer(self, what: str, view: View, compute: Callable[[], str]) -> str:
        key = self._key(what, view)
        if key not in self._known:
            self._known[key] = self._threads.submit(compute)
            if len(self._known) > KEPT:
                self._known.popitem(last=False)
        try:
            return await asyncio.wrap_future(self._known[key])
        except Exception:
            self._known.pop(key, None)  # what failed may go well the next time
            raise

    def _key(self, what: str, view: View) -> tuple[str, ...]:
        return what, view.notebook, view.to_query(), self._generation()

    def _frame(self, view: View, offers: Choices) -> str:
        with self._store() as store, speaking(view.locale):
            header = header_html(about(ANALYSES[view.notebook], store, view))
            days = Session(ANALYSES[view.notebook], view, store).window(view)
            return header + form_html(form_data(view, offers, days))

    def _numbers(self, view: View) -> str:
        with self._store() as store, speaking(view.locale):
            session = Session(ANALYSES[view.notebook], view, store)
            shown = (part(session).static(failing=False)["text/html"] for part in PARTS)
            return "".join(f'<section class="page-output">{html}</section>' for html in shown)

    @contextmanager
    def _store(self) -> Iterator[Store]:
        store = open_store(self._config)
        try:
            yield store
        finally:
            store.close()
