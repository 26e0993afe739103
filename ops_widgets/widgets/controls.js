// Draws the controls and sends wishes, one at a time; the kernel decides what is shown.
const SILENCE = 20_000; // ms without an answer after which the kernel must be gone
const PATIENCE = 200; // ms that nobody needs to be told about
const AGAIN = 3_000; // ms without an answer after which a wish is sent again: a connection that broke loses some

function isTyping(target) {
  return Boolean(target.closest?.("input:not([type=range]):not([type=radio]):not([type=checkbox]), textarea, select, [contenteditable=true], .cm-editor"));
}

function render({ model, el }) {
  el.classList.add("ops-controls");
  const page = model.get("page");
  const linked = model.get("query") !== null;
  const form = make("form", { className: "ops-fields" });
  form.setAttribute("aria-label", "Controls");
  form.addEventListener("submit", (event) => event.preventDefault());
  const message = make("p", { className: "ops-refusal", role: "status" });
  const path = make("nav", { className: "ops-path" });
  path.setAttribute("aria-label", "Where you are");
  const chips = make("div", { className: "ops-chips", role: "group", "aria-label": "Selected" });
  const tools = make("div", { className: "ops-toolbar", role: "group", "aria-label": "Page" });

  // --- one wish is on its way; of those that follow meanwhile only the sum of them is sent.
  let flying = null;
  let waiting = [];
  let again = 0;
  let lost = 0;
  let slow = 0;

  function send(content) {
    const last = waiting.at(-1);
    if (content.ask && last?.ask) waiting[waiting.length - 1] = { ...content, ask: { ...last.ask, ...content.ask } };
    else if (content.go !== undefined && last?.go !== undefined) waiting[waiting.length - 1] = content;
    else waiting.push(content);
    fly();
  }
  function fly() {
    if (flying || !waiting.length) return;
    flying = { ...waiting.shift(), id: crypto.getRandomValues(new Uint32Array(2)).join("-") };
    slow = setTimeout(() => busy(true), PATIENCE);
    lost = setTimeout(() => {
      busy(false);
      message.textContent = "No answer: this page has lost its connection. Reload it to go on.";
    }, SILENCE);
    // The kernel knows it by its id: a wish that arrives twice is granted once and answered twice.
    again = setInterval(() => model.send(flying), AGAIN);
    model.send(flying);
  }
  function busy(yes) {
    form.toggleAttribute("aria-busy", yes);
    if (yes) form.setAttribute("aria-busy", "true");
    el.classList.toggle("ops-busy", yes);
    document.querySelectorAll(`.ops-of-${page}`).forEach((panel) => panel.classList.toggle("ops-busy", yes));
  }

  // --- the controls, those that few people turn behind "More"
  const more = make("div", { className: "ops-more-fields" });
  const shows = model.get("fields").map((field) => {
    const id = `ops-control-${(controls += 1)}`;
    const part = KINDS[field.kind](field, id, (value, gesture = null) => send({ ask: { [field.name]: value }, gesture }));
    const text = part.group
      ? make("span", { className: "ops-label", id: `${id}-label` }, field.label)
      : make("label", { className: "ops-label", htmlFor: id }, field.label);
    if (part.group && part.node.className === "ops-buttons") {
      part.node.setAttribute("role", "radiogroup");
      part.node.setAttribute("aria-labelledby", `${id}-label`);
    }
    const box = make("div", { className: `ops-field ops-${field.kind}`, title: field.help }, text, part.node);
    box.dataset.field = field.name;
    (field.seldom ? more : form).append(box);
    return () => part.show(model.get("values")[field.name]);
  });
  if (more.children.length)
    form.append(make("details", { className: "ops-more" }, make("summary", {}, "More"), more));

  // --- the tools of the page
  const tool = (text, title, act) => {
    const button = make("button", { type: "button", title }, text);
    button.addEventListener("click", act);
    tools.append(button);
    return button;
  };
  const undo = tool("Undo", "Undo (Ctrl+Z)", () => send({ undo: true }));
  const redo = tool("Redo", "Redo (Ctrl+Shift+Z)", () => send({ redo: true }));
  tool("Reset", "Back to how this page was opened", () => send({ reset: true }));
  const way = linked ? makeHistory((query) => send({ go: query })) : null;
  if (linked) {
    const copy = tool("Copy link", "Copy the address of what is shown", async () => {
      const query = model.get("query");
      await copyText(way.address() + (query ? `?${query}` : ""));
      copy.textContent = "Copied";
      setTimeout(() => (copy.textContent = "Copy link"), 1500);
    });
    tool("Print", "Print, or save as PDF", () => window.print());
    if (!document.body.dataset.jpThemeLight && !document.querySelector("[data-ops-theme-switch]")) {
      const theme = make("button", { type: "button" }, "Theme: system");
      theme.setAttribute("data-ops-theme-switch", "");
      tools.append(theme);
    }
  }
  const said = make("dl", { className: "ops-looking-at" });
  el.append(form, path, chips, tools, message, said);
  installTools();

  function drawTrail() {
    const held = path.contains(document.activeElement) || chips.contains(document.activeElement);
    const { path: steps = [], chips: chosen = [], inside = [] } = model.get("breadcrumbs");
    const link = (step, text = step.label) => {
      const button = make("button", { type: "button" }, text);
      button.addEventListener("click", () => send({ ask: step.ask }));
      return button;
    };
    const last = steps.length - 1;
    const crumbs = steps.map((step, i) =>
      make("li", {}, i === last ? make("span", { ariaCurrent: "page" }, step.label) : link(step)));
    path.replaceChildren(...(last > 0 ? [make("ol", {}, ...crumbs)] : []));
    chips.replaceChildren(
      ...chosen.map((chip) => {
        const button = link(chip, `${chip.label} ✕`);
        button.setAttribute("aria-label", `Clear ${chip.label}`);
        button.className = "ops-chip";
        return button;
      }),
      ...inside.map((step) => link(step)),
    );
    if (held && !el.contains(document.activeElement)) (chips.querySelector("button") ?? undo).focus();
  }

  let asked = "start";
  let gesture = null;
  const show = () => {
    shows.forEach((one) => one());
    said.replaceChildren(...model.get("words").map(([label, value]) =>
      make("div", {}, make("dt", {}, label), make("dd", {}, value))));
    message.textContent = model.get("message");
    const { undo: back = 0, redo: forth = 0 } = model.get("steps");
    undo.setAttribute("aria-disabled", String(!back));
    redo.setAttribute("aria-disabled", String(!forth));
    drawTrail();
    way?.follow(model.get("query"), asked, gesture);
  };
  // A refused wish changes no value here, only what the form shows: so show after every answer.
  const onMessage = (content) => {
    if (!flying || content.answered !== flying.id) return;
    clearInterval(again);
    clearTimeout(lost);
    clearTimeout(slow);
    busy(false);
    asked = flying?.go === undefined ? "step" : "go";
    gesture = flying?.gesture ?? null;
    flying = null;
    if (!waiting.length) show();
    fly();
  };

  // --- wishes of charts and tables, and keys
  const onWish = ({ detail }) => {
    if (detail.page !== page || detail.taken || !el.isConnected) return;
    detail.taken = true;
    send({ ask: detail.ask });
  };
  const onKey = (event) => {
    const ours = linked || event.target.closest?.(".ops-controls, .ops-panel, .ops-live");
    if (!ours || isTyping(event.target) || event.defaultPrevented) return;
    const key = event.key.toLowerCase();
    const control = event.ctrlKey || event.metaKey;
    if (event.key === "Escape" && model.get("breadcrumbs").chips?.length) send({ clear: true });
    else if (control && key === "z") send(event.shiftKey ? { redo: true } : { undo: true });
    else if (control && key === "y") send({ redo: true });
    else return;
    event.preventDefault();
  };
  const onLost = () => {
    clearInterval(again);
    form.setAttribute("inert", "");
  };
  document.addEventListener("ops-wish", onWish);
  document.addEventListener("keydown", onKey);
  addEventListener("ops-kernel-lost", onLost);
  const onValues = () => flying || show();
  model.on("msg:custom", onMessage);
  model.on("change:values", onValues);
  show();
  announceReady();
  return () => {
    clearInterval(again);
    clearTimeout(lost);
    clearTimeout(slow);
    way?.end();
    document.removeEventListener("ops-wish", onWish);
    document.removeEventListener("keydown", onKey);
    removeEventListener("ops-kernel-lost", onLost);
    model.off("msg:custom", onMessage);
    model.off("change:values", onValues);
  };
}
export default { render };
