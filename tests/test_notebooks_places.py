"""Panels stand in a grid by their tags, with the prose before them; all else does not."""

from nbformat.v4 import new_code_cell, new_markdown_cell

from ops_widgets.publish.notebooks.places import places


def code(source, *tags):
    return new_code_cell(source, metadata={"tags": list(tags)})


def page_of(*cells):
    """What the page is made of, each cell by its source in brackets."""
    around = zip(places(cells), cells, strict=True)
    return "".join(f"{place.opens}[{cell.source}]{place.closes}" for place, cell in around)


def test_a_panel_takes_its_columns_and_the_prose_before_it_along():
    cells = [new_markdown_cell("why"), code("page.panel('a')", "span-6")]
    item = "<div class=\"ops-item span-6\">[why][page.panel('a')]</div>"
    assert page_of(*cells) == f'<div class="ops-grid">{item}</div>'


def test_panels_that_follow_each_other_share_a_grid_and_others_end_it():
    cells = [
        code("page.numbers()"),
        code("page.panel('a')", "span-4"),
        new_markdown_cell("b"),
        code("page.panel('b')"),
        new_markdown_cell("how"),
        code("page.record()"),
    ]
    assert page_of(*cells) == (
        "[page.numbers()]"
        '<div class="ops-grid"><div class="ops-item span-4">[page.panel(\'a\')]</div>'
        "<div class=\"ops-item span-12\">[b][page.panel('b')]</div></div>"
        "[how][page.record()]"
    )


def test_only_the_markdown_just_before_belongs_to_it():
    cells = [new_markdown_cell("one"), new_markdown_cell("two"), code("page.panel('a')")]
    item = "<div class=\"ops-item span-12\">[two][page.panel('a')]</div>"
    assert page_of(*cells) == f'[one]<div class="ops-grid">{item}</div>'


def test_any_cell_can_stand_in_the_grid_and_no_other_tag_puts_it_there():
    assert page_of(code("draw()", "span-3")).startswith('<div class="ops-grid">')
    for tag in ("span-0", "span-13", "span-", "span-6x", "wide"):
        assert page_of(code("draw()", tag)) == "[draw()]"
    assert page_of() == ""
