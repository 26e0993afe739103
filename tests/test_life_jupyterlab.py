"""The analyst's life: a notebook in JupyterLab, its controls turned, its charts alive."""

from tests.live_page import KEPT, MARK, OTHER, number, opened


def copied(visitor):
    """What the button of the header puts on the clipboard."""
    visitor.evaluate("navigator.clipboard.writeText('nothing')")
    visitor.get_by_role("button", name="Copy link", exact=True).click()
    visitor.get_by_role("button", name="Copied", exact=True).wait_for()
    text = visitor.evaluate("navigator.clipboard.readText()")
    visitor.get_by_role("button", name="Copy link", exact=True).wait_for()
    return text


def test_a_notebook_is_alive_in_jupyterlab(visitor, lab):
    """Run all cells, choose Beauty, read 20 billion: the same truth as in the app."""
    visitor.context.grant_permissions(["clipboard-read", "clipboard-write"])
    visitor.set_viewport_size({"width": 1280, "height": 3000})  # JupyterLab draws what is seen
    visitor.goto(f"{lab}/lab/tree/notebooks/category_opportunity.ipynb?reset")
    visitor.get_by_text("Python 3 (ipykernel) | Idle").wait_for(timeout=60_000)
    visitor.get_by_role("menuitem", name="Run", exact=True).click()
    visitor.get_by_text("Run All Cells", exact=True).click()
    visitor.wait_for_function(
        "document.querySelectorAll('.ops-view svg').length === 4", timeout=60_000
    )
    assert number(visitor, "market_gmv").inner_text() == "¥400\u00a0bn"
    visitor.evaluate(MARK)
    actions = visitor.locator(".ops-action:visible")
    assert [one.get_attribute("title") for one in actions.all()] == ["Copy link"], "it has the rest"
    assert copied(visitor) == "apps/category_opportunity"
    opened(visitor, "Categories").get_by_role("checkbox", name="Beauty").check()
    visitor.get_by_text("¥20.0\u00a0bn", exact=True).first.wait_for()
    assert number(visitor, "open_gmv").inner_text() == "¥14.0\u00a0bn"
    visitor.wait_for_function(OTHER)
    assert copied(visitor) == "apps/category_opportunity?categories=Beauty", "the view shown now"
    assert visitor.evaluate(KEPT) == [True] * 4
    assert visitor.tried == []
