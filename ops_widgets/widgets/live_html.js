function render({ model, el }) {
  if (model.get("spoken")) el.setAttribute("aria-live", "polite");
  const end = showHtml(model, el, "html");
  const linked = () =>
    el.querySelectorAll("[data-ops-copy]").forEach((button) => (button.dataset.opsCopy = model.get("link")));
  linked();
  for (const trait of ["html", "link"]) model.on(`change:${trait}`, linked);
  return () => {
    for (const trait of ["html", "link"]) model.off(`change:${trait}`, linked);
    end();
  };
}
export default { render };
