// Gives every table under `root` a box that finds the rows with the typed text, and of a long list
// buttons to leaf through it; a table of three rows is read faster than it is filtered.
// Shared by the static report (a script) and by the live page (the table widget).
const OPS_AT_ONCE = 50;

// One row of those that came as text: its cells look like those of the rows that stand there.
function rowFromText(line, heads, picks) {
  const row = document.createElement("tr");
  line.split("\t").forEach((text, i) => {
    const cell = document.createElement("td");
    const pick = picks[i];
    if (heads[i]?.classList.contains("ops-number")) cell.className = "ops-number";
    if (text === "\u2013") cell.classList.add("ops-missing");
    if (pick && text !== "\u2013" && text.length <= 400) {
      const button = pick.cloneNode(false);
      button.dataset.value = text;
      button.setAttribute("aria-pressed", "false");
      button.textContent = text;
      cell.append(button);
    } else cell.textContent = text;
    row.append(cell);
  });
  return row;
}

function filterTables(root) {
  for (const box of root.querySelectorAll(".ops-table")) {
    const body = box.querySelector("tbody");
    const others = body.querySelector("tr.ops-others");
    const rows = [...body.querySelectorAll("tr")].filter((row) => row !== others);
    const text = box.querySelector(".ops-rest")?.textContent;
    const rest = text ? text.split("\n") : [];
    if (rows.length + rest.length < 4 || box.previousElementSibling?.classList.contains("ops-filter-bar")) continue;
    const heads = [...box.querySelectorAll("thead th")];
    const picks = heads.map((_, i) =>
      rows.map((row) => row.cells[i]?.querySelector("button[data-pick]")).find(Boolean));
    const label = document.createElement("label");
    label.className = "ops-filter";
    const input = document.createElement("input");
    input.type = "search";
    input.autocomplete = "off";
    const count = document.createElement("output");
    count.setAttribute("aria-live", "polite");
    label.append("Filter rows ", input, " ", count);

    // Those that stand in the page, then those that came as text: made when they are looked at.
    const first = rows.map((row) => row.textContent.toLowerCase());
    const later = rest.map((line) => line.toLowerCase());
    const rowAt = (i) => (i < rows.length ? rows[i] : rowFromText(rest[i - rows.length], heads, picks));
    const all = rows.length + rest.length;
    const atOnce = rest.length ? Math.max(OPS_AT_ONCE, rows.length) : all;
    let page = 0;
    const leaf = (word, step) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "ops-tool";
      button.textContent = word;
      button.addEventListener("click", (event) => {
        event.preventDefault();
        page += step;
        show();
      });
      return button;
    };
    const [back, on] = [leaf("Previous", -1), leaf("Next", 1)];
    const show = () => {
      const wanted = input.value.trim().toLowerCase();
      const found = [];
      for (let i = 0; i < all; i += 1)
        if ((i < rows.length ? first[i] : later[i - rows.length]).includes(wanted)) found.push(i);
      const pages = Math.max(1, Math.ceil(found.length / atOnce));
      page = Math.max(0, Math.min(page, pages - 1));
      const shown = found.slice(page * atOnce, (page + 1) * atOnce).map(rowAt);
      body.replaceChildren(...shown, ...(others && !wanted && page === 0 ? [others] : []));
      const from = page * atOnce + 1;
      count.textContent = pages === 1 ? `${found.length} of ${all} rows`
        : `${from} to ${from + shown.length - 1} of ${found.length} rows`;
      back.hidden = on.hidden = pages === 1;
      back.disabled = page === 0;
      on.disabled = page === pages - 1;
    };
    input.addEventListener("input", () => {
      page = 0;
      show();
    });
    show();
    const bar = document.createElement("div");
    bar.className = "ops-filter-bar";
    bar.append(label, back, on);
    box.before(bar);
  }
}
