function render({ model, el }) {
  if (model.get("spoken")) el.setAttribute("aria-live", "polite");
  return showHtml(model, el, "html");
}
export default { render };
