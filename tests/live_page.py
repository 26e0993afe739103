"""What tests look at and do on a live page."""

import re

from ops_widgets.charts.download import file_name

MARK = "for (const svg of document.querySelectorAll('.ops-view svg')) svg.kept = svg.innerHTML"
KEPT = "[...document.querySelectorAll('.ops-view svg')].map(svg => 'kept' in svg)"
OTHER = "[...document.querySelectorAll('.ops-view svg')].every(svg => svg.kept !== svg.innerHTML)"


BAR = "form.ops-controls"
LIVE = "body.shop-is-live"


def come_near(page):
    """Let the pointer rest on the bar of a snapshot, which makes the page live; its frame."""
    page.locator(BAR).hover()
    page.wait_for_selector(LIVE, timeout=90_000)
    return page.frames[1]


def opened(page, label):
    """The popover of a field of the (first) bar, opened by its pill, which may be behind More."""
    bar = page.locator(BAR).first
    pill = bar.locator(".ops-pill").filter(has_text=re.compile(f"^{re.escape(label)}\\b"))
    popover = bar.locator(f".ops-pop[aria-label='{label}']")
    if not popover.is_visible():
        (pill if pill.is_visible() else bar.locator(".ops-more > .ops-pill")).click()
    return popover


def slider(page, label, within="Period"):
    """The slider of a field, whose popover is open, ready for keys."""
    found = opened(page, within).get_by_role("slider", name=label)
    found.focus()
    return found


def number(page, name):
    return page.locator(f"[data-number={name}] .ops-value")


def exact(page, name):
    """A headline number as a number, from its tooltip."""
    text = number(page, name).get_attribute("title")
    return float("".join(c for c in text if c.isdigit() or c == "."))


def panel(page, asked):
    """The panel that answers a question (its files are named by it), or says these words."""
    panels = page.locator(".ops-panel.lm-Widget")
    named = page.locator(f'[data-file="{file_name(asked)}"]')
    return panels.filter(has_text=asked).or_(panels.filter(has=named))


def chosen_in_menu(where, word):
    """Choose an entry of the menu of a panel, which is opened for it."""
    menu = where.locator("details.ops-menu")
    if not menu.evaluate("one => one.open"):
        menu.locator("summary").click()
    where.locator(".ops-tools").get_by_text(word, exact=True).click()


def drag_over(page, chart, start, end):
    """Drag over a part of a chart, between two shares of its width."""
    chart.scroll_into_view_if_needed()
    box = chart.bounding_box()
    y = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + start * box["width"], y)
    page.mouse.down()
    page.mouse.move(box["x"] + (start + end) / 2 * box["width"], y)
    page.mouse.move(box["x"] + end * box["width"], y)
    page.mouse.up()
