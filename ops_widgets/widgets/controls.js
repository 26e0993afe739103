// Draws one form element for each field and sends wishes; the kernel decides what is shown.
const SILENCE = 20_000; // ms without an answer after which the kernel must be gone

let count = 0;

function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes))
    if (key in node) node[key] = value;
    else node.setAttribute(key, value);
  node.append(...children);
  return node;
}

// Each kind returns its elements and how to show a value in them.
const KINDS = {
  one({ options }, id, wish) {
    if (options.length > 3) {
      const select = make("select", { id }, ...options.map((o) => make("option", { value: o }, worded(o))));
      select.addEventListener("change", () => wish(select.value));
      return { node: select, show: (value) => (select.value = value) };
    }
    const buttons = options.map((o) => {
      const radio = make("input", { type: "radio", name: id, value: o });
      radio.addEventListener("change", () => wish(o));
      return { radio, label: make("label", {}, radio, make("span", {}, worded(o))) };
    });
    const node = make("div", { className: "ops-buttons" }, ...buttons.map((b) => b.label));
    return { node, group: true, show: (value) => buttons.forEach(({ radio }) => (radio.checked = radio.value === value)) };
  },
  number({ least, most }, id, wish) {
    const range = make("input", { type: "range", id, min: least, max: most, step: 1 });
    const shown = make("output", { htmlFor: id });
    range.addEventListener("input", () => (shown.value = range.value));
    range.addEventListener("change", () => wish(Number(range.value)));
    const node = make("div", { className: "ops-range" }, range, shown);
    return { node, show: (value) => (shown.value = range.value = value) };
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
    const boxes = options.map((o) => make("input", { type: "checkbox", value: o }));
    const chosen = () => boxes.filter((box) => box.checked).map((box) => box.value);
    const list = make(
      "div", { className: "ops-many-list", role: "group", "aria-label": label },
      ...boxes.map((box) => make("label", {}, box, make("span", {}, box.value))),
    );
    boxes.forEach((box) => box.addEventListener("change", () => wish(chosen())));
    const summary = make("summary", { id });
    const clear = make("button", { type: "button" }, "Choose all");
    clear.addEventListener("click", () => wish([]));
    const node = make("details", { className: "ops-many" }, summary, list, clear);
    node.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !node.open) return;
      node.open = false;
      summary.focus();
    });
    const show = (value) => {
      boxes.forEach((box) => (box.checked = value.includes(box.value)));
      clear.hidden = value.length === 0;
      const said = value.length === 0 ? "all" : value.length <= 2 ? value.join(", ") : `${value.length} chosen`;
      summary.textContent = said;
      summary.setAttribute("aria-label", `${label}: ${said}`);
    };
    return { node, group: true, show };
  },
};

function worded(option) {
  const text = String(option).replaceAll("_", " ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function render({ model, el }) {
  el.classList.add("ops-controls");
  const form = make("form", { className: "ops-fields" });
  form.addEventListener("submit", (event) => event.preventDefault());
  const message = make("p", { className: "ops-refusal", role: "status" });
  let timer = 0;

  function send(content) {
    clearTimeout(timer);
    form.setAttribute("aria-busy", "true");
    timer = setTimeout(() => {
      form.removeAttribute("aria-busy");
      message.textContent = "No answer: this page has lost its connection. Reload it to go on.";
    }, SILENCE);
    model.send(content);
  }

  const shows = model.get("fields").map((field) => {
    const id = `ops-control-${(count += 1)}`;
    const part = KINDS[field.kind](field, id, (value) => send({ ask: { [field.name]: value } }));
    const text = part.group
      ? make("span", { className: "ops-label", id: `${id}-label` }, field.label)
      : make("label", { className: "ops-label", htmlFor: id }, field.label);
    if (part.group && part.node.className === "ops-buttons") {
      part.node.setAttribute("role", "radiogroup");
      part.node.setAttribute("aria-labelledby", `${id}-label`);
    }
    const box = make("div", { className: `ops-field ops-${field.kind}`, title: field.help }, text, part.node);
    form.append(box);
    return () => part.show(model.get("values")[field.name]);
  });

  const reset = make("button", { type: "button", className: "ops-reset" }, "Reset");
  reset.addEventListener("click", () => send({ reset: true }));
  form.append(reset);
  el.append(form, message);

  const show = () => {
    shows.forEach((one) => one());
    message.textContent = model.get("message");
    const query = model.get("query");
    if (query !== null) history.replaceState(history.state, "", query ? `?${query}` : location.pathname);
  };
  // A refused wish changes no value here, only what the form shows: so show after every answer.
  const onMessage = (content) => {
    if (!content.answered) return;
    clearTimeout(timer);
    form.removeAttribute("aria-busy");
    show();
  };
  show();
  model.on("msg:custom", onMessage);
  model.on("change:values", show);
  return () => {
    clearTimeout(timer);
    model.off("msg:custom", onMessage);
    model.off("change:values", show);
  };
}
export default { render };
