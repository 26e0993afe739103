// Makes every table under `root` answer its reader: heads that sort, from a dozen rows on a box
// that finds those with the typed text, and buttons to leaf through a long list.
// Shared by the static report (a script) and by the live page (the table widget).
const OPS_AT_ONCE = 50;
const OPS_FILTER_FROM = 12; // fewer rows are read faster than they are filtered

function filterTables(root) {
  for (const box of root.querySelectorAll(".ops-table")) {
    if (box.dataset.opsReady || !box.querySelector("tbody")) continue;
    box.dataset.opsReady = "yes";
    watchEdges(box);
    answerTo(box);
  }
}

function answerTo(box) {
  const body = box.querySelector("tbody");
  const others = body.querySelector("tr.ops-others");
  const rows = tableRows(box);
  const atOnce = rows.count > rows.standing ? Math.max(OPS_AT_ONCE, rows.standing) : rows.count;
  const bar = rows.count < OPS_FILTER_FROM ? null : filterBar();
  let order = null; // the numbers of all rows as they are sorted; null: as they came
  let page = 0;

  const show = () => {
    const wanted = bar?.input.value.trim().toLowerCase() ?? "";
    const all = order ?? rows.searched.map((_, i) => i);
    const found = all.filter((i) => rows.searched[i].includes(wanted));
    const pages = Math.max(1, Math.ceil(found.length / atOnce));
    page = Math.max(0, Math.min(page, pages - 1));
    const shown = found.slice(page * atOnce, (page + 1) * atOnce);
    // All others are those that came as text: true only below all that stand in the page.
    const complete = !wanted && shown.length === rows.standing && shown.every((i) => i < rows.standing);
    body.replaceChildren(...shown.map(rows.at), ...(others && complete ? [others] : []));
    bar?.say(page, pages, found.length, shown.length, page * atOnce + 1, rows.count);
  };

  box.opsSort = (column, direction) => {
    const head = rows.heads.find((one) => one.dataset.column === column && one.dataset.column !== undefined);
    for (const one of rows.heads) one.removeAttribute("aria-sort");
    order = head && direction ? rows.sorted(rows.heads.indexOf(head), direction) : null;
    if (order) head.setAttribute("aria-sort", direction);
    page = 0;
    show();
  };
  if (rows.count > 1) for (const head of rows.heads) sortsBy(box, head);
  if (!bar) return;
  bar.turned = (step) => {
    page = step ? page + step : 0;
    show();
  };
  show();
  box.before(bar.node);
}

// The first click sorts a name from A, a number from the largest; the third leaves it as it came.
function sortsBy(box, head) {
  const { column } = head.dataset;
  if (column === undefined) return;
  const turns = head.dataset.order === undefined
    ? ["ascending", "descending", ""] : ["descending", "ascending", ""];
  const button = document.createElement("button");
  button.type = "button";
  button.className = "ops-sort";
  button.append(...[...head.childNodes].filter((node) => !node.classList?.contains("ops-key")));
  button.addEventListener("click", () => {
    const now = head.getAttribute("aria-sort") ?? "";
    box.opsSort(column, turns[(turns.indexOf(now) + 1) % turns.length]);
  });
  head.prepend(button);
}

// What a person sorted a table by, so that a table in its place can be sorted alike.
function sortOf(box) {
  const head = box.querySelector("thead th[aria-sort]");
  return head ? [head.dataset.column, head.getAttribute("aria-sort")] : null;
}

function filterBar() {
  const bar = { turned: () => {} };
  const label = document.createElement("label");
  label.className = "ops-filter";
  const input = document.createElement("input");
  input.type = "search";
  input.autocomplete = "off";
  const count = document.createElement("output");
  count.setAttribute("aria-live", "polite");
  label.append("Filter rows ", input, " ", count);
  const leaf = (word, step) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "ops-tool";
    button.textContent = word;
    button.addEventListener("click", (event) => {
      event.preventDefault();
      bar.turned(step);
    });
    return button;
  };
  const [back, on] = [leaf("Previous", -1), leaf("Next", 1)];
  input.addEventListener("input", () => bar.turned(0));
  const node = document.createElement("div");
  node.className = "ops-filter-bar";
  node.append(label, back, on);
  const say = (page, pages, found, shown, from, all) => {
    count.textContent = pages === 1 ? `${found} of ${all} rows`
      : `${from} to ${from + shown - 1} of ${found} rows`;
    back.hidden = on.hidden = pages === 1;
    back.disabled = page === 0;
    on.disabled = page === pages - 1;
  };
  return Object.assign(bar, { input, node, say });
}

// Where a table goes on beyond its box, an edge in shadow says so.
function markEdges(box) {
  const right = box.scrollWidth - box.clientWidth - box.scrollLeft;
  const below = box.scrollHeight - box.clientHeight - box.scrollTop;
  box.classList.toggle("ops-clipped-left", box.scrollLeft > 1);
  box.classList.toggle("ops-clipped-right", right > 1);
  box.classList.toggle("ops-clipped-below", below > 1);
}

function watchEdges(box) {
  box.addEventListener("scroll", () => markEdges(box), { passive: true });
  const sizes = new ResizeObserver(() => markEdges(box));
  sizes.observe(box);
  sizes.observe(box.querySelector("table"));
}
