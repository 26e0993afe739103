// What the widgets of one page tell each other and the page around them.
// Wishes of charts and tables go to the control bar of the same notebook: one way in.
function wish(page, ask) {
  document.dispatchEvent(new CustomEvent("ops-wish", { detail: { page, ask, taken: false } }));
}

function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  Object.assign(node, attributes);
  node.append(...children);
  return node;
}

// The page around a frame is ours only where it has our address.
function tellAround(message) {
  window.parent.postMessage(message, location.origin);
}

// Once, when the last cell is there, with the controls, and every chart of the page is drawn.
function announceReady() {
  const end = document.querySelector(".ops-end");
  if (!end || end.dataset.told) return;
  const drawn = document.querySelectorAll(".ops-view:not(.ops-waiting)").length;
  const bars = document.querySelectorAll("form.ops-controls[data-alive]").length;
  if (drawn < Number(end.dataset.charts) || bars < Number(end.dataset.bars)) return;
  end.dataset.told = "yes";
  document.documentElement.dataset.opsReady = "yes";
  tellAround({ type: "ops-ready" });
}
