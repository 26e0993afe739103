// The rows of a table: those that stand in the page, and those of a long list that came as text
// and become elements when they are looked at.
const OPS_TEXT_ORDER = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });

// A value's length beside its number, as the table itself draws it.
function drawnBar(text, zero, numbers) {
  const box = document.createElement("div");
  const bar = document.createElement("span");
  const number = document.createElement("span");
  bar.className = "ops-inline";
  bar.setAttribute("aria-hidden", "true");
  let [left, ...widths] = numbers;
  for (const width of widths) {
    const part = document.createElement("i");
    part.style.left = `${left}%`;
    part.style.width = `${width}%`;
    bar.append(part);
    left += width;
  }
  if (zero) {
    const line = document.createElement("b");
    line.style.left = `${zero}%`;
    bar.append(line);
  }
  number.textContent = text;
  box.append(bar, number);
  return box;
}

// One row of those that came as text: its cells look like those of the rows that stand there.
function rowFromText(texts, bars, heads, picks) {
  const row = document.createElement("tr");
  let drawn = 0;
  texts.forEach((text, i) => {
    const cell = document.createElement("td");
    const pick = picks[i];
    for (const name of ["ops-number", "ops-more"])
      if (heads[i].classList.contains(name)) cell.classList.add(name);
    const bar = heads[i].classList.contains("ops-barred") ? bars[drawn++] : undefined;
    if (text === "\u2013") cell.classList.add("ops-missing");
    if (pick && text !== "\u2013" && text.length <= 400) {
      const button = pick.cloneNode(false);
      button.dataset.value = text;
      button.setAttribute("aria-pressed", "false");
      button.textContent = text;
      cell.append(button);
    } else if (bar && bar !== "-") {
      cell.classList.add("ops-barred");
      cell.append(drawnBar(text, Number(heads[i].dataset.zero), bar.split(",").map(Number)));
    } else cell.textContent = text;
    row.append(cell);
  });
  return row;
}

// All rows of a table by their number: what is searched, what is sorted by, and the element.
function tableRows(box) {
  const heads = [...box.querySelectorAll("thead th")];
  const standing = [...box.querySelectorAll("tbody tr:not(.ops-others)")];
  const text = box.querySelector(".ops-rest")?.textContent;
  const rest = (text ? text.split("\n") : []).map((line) => line.split("\t"));
  const picks = heads.map((_, i) =>
    standing.map((row) => row.cells[i]?.querySelector("button[data-pick]")).find(Boolean));
  const inLine = (i) => rest[i - standing.length];
  const textAt = (i, column) =>
    i < standing.length ? standing[i].cells[column].textContent : inLine(i)[column];
  const placesAt = (i) =>
    (i < standing.length ? standing[i].dataset.order : inLine(i)[heads.length]).split(" ");

  // What a column is sorted by: the place of the exact value where the table says it, else text;
  // undefined where there is no value.
  const keysOf = (column) => {
    const { order } = heads[column].dataset;
    return Array.from({ length: standing.length + rest.length }, (_, i) => {
      const key = order === undefined ? textAt(i, column).trim() : placesAt(i)[order];
      if (key === "-" && order !== undefined) return undefined;
      if (order !== undefined) return parseInt(key, 36);
      return key === "\u2013" ? undefined : key;
    });
  };
  return {
    heads,
    standing: standing.length,
    count: standing.length + rest.length,
    searched: [
      ...standing.map((row) => row.textContent.toLowerCase()),
      ...rest.map((cells) => cells.slice(0, heads.length).join("\t").toLowerCase()),
    ],
    at: (i) => (i < standing.length ? standing[i]
      : rowFromText(inLine(i).slice(0, heads.length), inLine(i).slice(heads.length + 1), heads, picks)),
    // The numbers of all rows, sorted; equal ones keep their order, missing ones come last.
    sorted: (column, direction) => {
      const keys = keysOf(column);
      const compare = typeof keys.find((key) => key !== undefined) === "string"
        ? OPS_TEXT_ORDER.compare : (a, b) => a - b;
      const sign = direction === "descending" ? -1 : 1;
      return keys.map((_, i) => i).sort((a, b) => {
        if (keys[a] === undefined || keys[b] === undefined)
          return (keys[a] === undefined) - (keys[b] === undefined) || a - b;
        return sign * compare(keys[a], keys[b]) || a - b;
      });
    },
  };
}
