// Gives every table under `root` a box that hides the rows without the typed text; a table of
// three rows is read faster than it is filtered.
// Shared by the static report (a script) and by the live page (the table widget).
function filterTables(root) {
  for (const box of root.querySelectorAll(".ops-table")) {
    const rows = [...box.querySelectorAll("tbody tr")];
    if (rows.length < 4 || box.previousElementSibling?.classList.contains("ops-filter")) continue;
    const label = document.createElement("label");
    label.className = "ops-filter";
    const input = document.createElement("input");
    input.type = "search";
    input.autocomplete = "off";
    const count = document.createElement("output");
    count.setAttribute("aria-live", "polite");
    label.append("Filter rows ", input, " ", count);
    const apply = () => {
      const wanted = input.value.trim().toLowerCase();
      let shown = 0;
      for (const row of rows) {
        row.hidden = !row.textContent.toLowerCase().includes(wanted);
        if (!row.hidden) shown += 1;
      }
      count.textContent = `${shown} of ${rows.length} rows`;
    };
    input.addEventListener("input", apply);
    apply();
    box.before(label);
  }
}
