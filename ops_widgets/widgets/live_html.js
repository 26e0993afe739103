// Swaps the HTML and keeps what the person did to it: opened tables, typed filters.
function render({ model, el }) {
  el.classList.add("ops-live");
  if (model.get("spoken")) el.setAttribute("aria-live", "polite");
  const all = (selector) => [...el.querySelectorAll(selector)];
  const show = () => {
    const open = all("details").map((twin) => twin.open);
    const typed = all(".ops-filter input").map((box) => box.value);
    el.innerHTML = model.get("html");
    filterTables(el);
    all("details").forEach((twin, i) => (twin.open = open[i] ?? twin.open));
    all(".ops-filter input").forEach((box, i) => {
      box.value = typed[i] ?? "";
      box.dispatchEvent(new Event("input"));
    });
  };
  show();
  model.on("change:html", show);
  return () => model.off("change:html", show);
}
export default { render };
