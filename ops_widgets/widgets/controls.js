// Sends the wishes of the filter bar, one at a time; the kernel decides what is shown.
const SILENCE = 20_000; // ms without an answer after which the kernel must be gone
const PATIENCE = 200; // ms that nobody needs to be told about
const AGAIN = 3_000; // ms without an answer after which a wish is sent again: a connection that broke loses some

function isTyping(target) {
  return Boolean(target.closest?.("input:not([type=range]):not([type=radio]):not([type=checkbox]), textarea, select, [contenteditable=true], .cm-editor"));
}

function render({ model, el }) {
  const page = model.get("page");
  const linked = model.get("query") !== null;
  el.innerHTML = model.get("html");
  const form = el.querySelector("form");
  const message = form.querySelector(".ops-refusal");
  const said = make("dl", { className: "ops-looking-at" });
  el.append(make("div", { className: "ops-said" }, said));

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
    form.setAttribute("aria-busy", String(yes));
    form.classList.toggle("ops-busy", yes);
    document.querySelectorAll(`.ops-of-${page}`).forEach((panel) => panel.classList.toggle("ops-busy", yes));
  }

  const bar = makeBar(form, model.get("fields"), send);
  const tools = [...form.querySelectorAll("[data-tool]")];
  const way = linked ? makeHistory((query) => send({ go: query, back: true }), send) : null;
  installTools();

  function drawBar() {
    const trail = form.querySelector(".ops-trail");
    const held = trail.contains(document.activeElement);
    bar.show(Object.fromEntries(["values", "said", "changed", "trail"].map((name) => [name, model.get(name)])));
    if (held && !trail.contains(document.activeElement)) (trail.querySelector("button") ?? tools[0]).focus();
  }

  let asked = "start";
  let gesture = null;
  const show = () => {
    drawBar();
    said.replaceChildren(...model.get("words").map(([label, value]) =>
      make("div", {}, make("dt", {}, label), make("dd", {}, value))));
    message.textContent = model.get("message");
    const steps = model.get("steps");
    for (const tool of tools) tool.setAttribute("aria-disabled", String(!steps[tool.dataset.tool]));
    way?.follow(model.get("query"), asked, gesture);
  };
  // A refused wish changes no value here, only what the form shows: so show after every answer.
  const onMessage = (content) => {
    if (!flying || content.answered !== flying.id) return;
    clearInterval(again);
    clearTimeout(lost);
    clearTimeout(slow);
    busy(false);
    asked = flying.back ? "go" : "step";
    gesture = flying?.gesture ?? null;
    flying = null;
    if (waiting.length) return fly();
    show();
    if (way) tellAround({ type: "ops-answered" });
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
    if (event.key === "Escape" && document.querySelector(":popover-open")) return; // it closes
    if (event.key === "Escape" && form.querySelector(".ops-chip")) send({ clear: true });
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
    bar.end();
    document.removeEventListener("ops-wish", onWish);
    document.removeEventListener("keydown", onKey);
    removeEventListener("ops-kernel-lost", onLost);
    model.off("msg:custom", onMessage);
    model.off("change:values", onValues);
  };
}
export default { render };
