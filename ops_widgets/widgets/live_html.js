// Swaps the HTML and keeps what the person did to it: opened parts, sorted and filtered tables,
// the focus.
function render({ model, el }) {
  el.classList.add("ops-live");
  if (model.get("spoken")) el.setAttribute("aria-live", "polite");
  const all = (selector) => [...el.querySelectorAll(selector)];
  const focused = () => {
    const active = document.activeElement;
    if (!el.contains(active)) return () => {};
    const place = all("button, summary, input, a, [tabindex]").indexOf(active);
    const value = active.dataset?.value;
    const boxes = all(".ops-table").map((box) => [box.scrollLeft, box.scrollTop]);
    return () => {
      all(".ops-table").forEach((box, i) => boxes[i] && box.scrollTo(...boxes[i]));
      const same = value !== undefined && all("[data-value]").find((b) => b.dataset.value === value);
      (same || all("button, summary, input, a, [tabindex]")[place])?.focus({ preventScroll: true });
    };
  };
  const linked = () => all("[data-ops-copy]").forEach((button) => (button.dataset.opsCopy = model.get("link")));
  const show = () => {
    const open = all("details").map((twin) => twin.open);
    const typed = all(".ops-filter input").map((box) => box.value);
    const sorted = all(".ops-table").map(sortOf);
    const refocus = focused();
    el.innerHTML = model.get("html");
    all("a[data-ask]").forEach((step) => (step.href = "#"));
    linked();
    filterTables(el);
    installTools();
    all("details").forEach((twin, i) => (twin.open = open[i] ?? twin.open));
    all(".ops-table").forEach((box, i) => sorted[i] && box.opsSort?.(...sorted[i]));
    all(".ops-filter input").forEach((box, i) => {
      box.value = typed[i] ?? "";
      box.dispatchEvent(new Event("input"));
    });
    refocus();
  };
  const asked = (event) => {
    const step = event.target.closest?.("a[data-ask]");
    if (!step) return;
    event.preventDefault();
    wish(model.get("page"), JSON.parse(step.dataset.ask));
  };
  const picked = (event) => {
    const button = event.target.closest?.("button[data-pick]");
    if (!button) return;
    const chosen = button.getAttribute("aria-pressed") === "true" ? "" : button.dataset.value;
    wish(model.get("page"), { [button.dataset.pick]: chosen });
  };
  show();
  el.addEventListener("click", asked);
  el.addEventListener("click", picked);
  model.on("change:html", show);
  model.on("change:link", linked);
  return () => {
    el.removeEventListener("click", asked);
    el.removeEventListener("click", picked);
    model.off("change:html", show);
    model.off("change:link", linked);
  };
}
export default { render };
