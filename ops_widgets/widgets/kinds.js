// One form element for each kind of field: each returns its elements and how to show a value.
let controls = 0;
const MOST_BOXES = 100;

function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes))
    if (key in node) node[key] = value;
    else node.setAttribute(key, value);
  node.append(...children);
  return node;
}

function worded(option) {
  const text = String(option).replaceAll("_", " ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}

// How a locale is called in itself; other options are words.
function optionText(name, option) {
  if (name !== "locale") return worded(option);
  return new Intl.DisplayNames([option], { type: "language" }).of(option);
}

const PAUSE = 120; // ms without a move after which a slider that is still held asks

const KINDS = {
  one({ name, options }, id, wish) {
    if (options.length > 3) {
      const select = make("select", { id }, ...options.map((o) => make("option", { value: o }, optionText(name, o))));
      select.addEventListener("change", () => wish(select.value));
      return { node: select, show: (value) => (select.value = value) };
    }
    const buttons = options.map((o) => {
      const radio = make("input", { type: "radio", name: id, value: o });
      radio.addEventListener("change", () => wish(o));
      return { radio, label: make("label", {}, radio, make("span", {}, optionText(name, o))) };
    });
    const node = make("div", { className: "ops-buttons" }, ...buttons.map((b) => b.label));
    return { node, group: true, show: (value) => buttons.forEach(({ radio }) => (radio.checked = radio.value === value)) };
  },
  number({ least, most }, id, wish) {
    const range = make("input", { type: "range", id, min: least, max: most, step: 1 });
    const shown = make("output", { htmlFor: id });
    let held = false;
    let timer = 0;
    let gesture = 0;
    let lastKey = 0;
    range.addEventListener("pointerdown", () => {
      held = true;
      gesture = newGesture();
    });
    range.addEventListener("keydown", () => {
      if (performance.now() - lastKey > 1000) gesture = newGesture();
      lastKey = performance.now();
    });
    range.addEventListener("input", () => {
      shown.value = range.value;
      clearTimeout(timer);
      timer = setTimeout(() => wish(Number(range.value), gesture), PAUSE);
    });
    range.addEventListener("change", () => {
      held = false;
      clearTimeout(timer);
      wish(Number(range.value), gesture);
    });
    const node = make("div", { className: "ops-range" }, range, shown);
    return { node, show: (value) => held || (shown.value = range.value = value) };
  },
  day({ first, last }, id, wish) {
    const input = make("input", { type: "date", id, min: first, max: last });
    // Typing a year passes through years nobody means: wait for Enter or for leaving.
    let shownValue = "";
    const done = () => input.value !== shownValue && wish(input.value);
    input.addEventListener("blur", done);
    input.addEventListener("keydown", (event) => event.key === "Enter" && done());
    return { node: input, show: (value) => (shownValue = input.value = value) };
  },
  switch(_field, id, wish) {
    const box = make("input", { type: "checkbox", id });
    box.addEventListener("change", () => wish(box.checked));
    return { node: box, show: (value) => (box.checked = value) };
  },
  many({ options, label }, id, wish) {
    // Of thousands stand the first there, whatever is chosen, and what somebody looks for.
    const made = new Map();
    let picked = new Set();
    let standing = "";
    const entry = (name) => {
      if (!made.has(name)) {
        const box = make("input", { type: "checkbox", value: name, checked: picked.has(name) });
        box.addEventListener("change", () => {
          picked[box.checked ? "add" : "delete"](name);
          wish(options.filter((one) => picked.has(one)));
        });
        made.set(name, { box, line: make("label", {}, box, make("span", {}, name)) });
      }
      return made.get(name);
    };
    const list = make("div", { className: "ops-many-list", role: "group", "aria-label": label });
    const find = make("input", { type: "search", className: "ops-find", autocomplete: "off" });
    find.setAttribute("aria-label", `Find in ${label}`);
    const more = make("p", { className: "ops-note" });
    const draw = () => {
      const wanted = find.value.trim().toLowerCase();
      const found = options.filter((one) => one.toLowerCase().includes(wanted));
      const near = new Set(found.slice(0, MOST_BOXES));
      const names = options.filter((one) => near.has(one) || picked.has(one));
      more.textContent = found.length > near.size ? `${found.length - near.size} more: type a part of a name.` : "";
      if (names.join("\n") === standing) return; // or the focus would be lost
      standing = names.join("\n");
      list.replaceChildren(...names.map((name) => entry(name).line));
    };
    find.addEventListener("input", draw);
    find.addEventListener("keydown", (event) => event.key === "Enter" && event.preventDefault());
    const search = options.length > MOST_BOXES ? [find, more] : [];
    const summary = make("summary", { id });
    const clear = make("button", { type: "button" }, "Choose all");
    clear.addEventListener("click", () => wish([]));
    const node = make("details", { className: "ops-many" }, summary, ...search, list, clear);
    node.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !node.open) return;
      event.stopPropagation();
      node.open = false;
      summary.focus();
    });
    const show = (value) => {
      picked = new Set(value);
      draw();
      made.forEach(({ box }, name) => (box.checked = picked.has(name)));
      clear.hidden = value.length === 0;
      const said = value.length === 0 ? "all" : value.length <= 2 ? value.join(", ") : `${value.length} chosen`;
      summary.textContent = said;
      summary.setAttribute("aria-label", `${label}: ${said}`);
    };
    return { node, group: true, show };
  },
};

let gestures = Date.now();
function newGesture() {
  return (gestures += 1);
}
