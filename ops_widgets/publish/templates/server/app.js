// A snapshot that becomes live: the live page is made ready behind it, then takes its place.
(() => {
  const { app, isFull } = document.body.dataset;
  if (isFull) parent.postMessage({ type: "ops-full", sentence: isFull }, location.origin);
  if (!app) return;
  const form = document.querySelector(".shop-form");
  const button = document.querySelector(".shop-explore");
  const state = document.querySelector(".shop-state");
  const full = document.querySelector(".shop-full");
  const first = new URLSearchParams(form ? new FormData(form) : "").toString();
  const PATIENCE = 60_000; // ms until a page that does not get ready is given up
  let frame = null;
  let live = false;
  let asked = document.body.dataset.query; // what the frame was opened with, or told since
  let timer = 0;

  // What stands in the form, or the page's own view as long as nobody has touched it.
  function wanted() {
    const query = form ? new URLSearchParams([...new FormData(form)].filter(([, v]) => v !== "")).toString() : "";
    return !form || query === first ? document.body.dataset.query : query;
  }

  function explore(query = wanted()) {
    full.hidden = true;
    if (frame) return tell(query);
    asked = query;
    state.textContent = "Getting ready …";
    button.disabled = true;
    frame = document.createElement("iframe");
    frame.className = "shop-live";
    frame.title = document.title;
    frame.src = `${app}/live${query ? `?${query}` : ""}`;
    frame.tabIndex = -1;
    document.body.append(frame);
    timer = setTimeout(() => giveUp("It takes too long: this page stays as it is."), PATIENCE);
  }

  function tell(query) {
    if (!live || query === asked) return;
    asked = query;
    frame.contentWindow.postMessage({ type: "ops-go", query }, location.origin);
  }

  function giveUp(sentence) {
    clearTimeout(timer);
    frame?.remove();
    frame = null;
    live = false;
    document.body.classList.remove("shop-is-live");
    button.disabled = false;
    state.textContent = sentence;
  }

  function takeOver() {
    if (live) return;
    clearTimeout(timer);
    const height = scrollY;
    const typing = form?.contains(document.activeElement) ? document.activeElement.name : "";
    live = true;
    frame.tabIndex = 0;
    document.body.classList.add("shop-is-live");
    state.textContent = "";
    const inside = frame.contentWindow;
    inside.scrollTo(0, height);
    inside.focus();
    if (typing) inside.document.querySelector(`[data-field="${CSS.escape(typing)}"] :is(input, select, summary)`)?.focus({ preventScroll: true });
    // Paper has no frames: what is printed is the page inside.
    for (const one of [window, inside])
      one.addEventListener("keydown", (event) => {
        if (event.key.toLowerCase() !== "p" || !(event.ctrlKey || event.metaKey) || event.shiftKey) return;
        event.preventDefault();
        inside.print();
      });
    const now = wanted();
    if (now !== asked) tell(now); // turned while the page was getting ready
  }

  const told = {
    "ops-ready": takeOver,
    "ops-full": ({ sentence }) => {
      giveUp("");
      full.textContent = sentence;
      full.hidden = false;
      full.scrollIntoView({ block: "nearest" });
    },
    "ops-reload": () => {
      const query = asked;
      giveUp("");
      explore(query);
    },
    "ops-state": ({ query, push }) => {
      asked = String(query);
      const address = app + (asked ? `?${asked}` : "");
      history[push ? "pushState" : "replaceState"]({ query: asked }, "", address);
    },
  };
  addEventListener("message", (event) => {
    if (event.origin !== location.origin || !frame || event.source !== frame.contentWindow) return;
    told[event.data?.type]?.(event.data);
  });
  addEventListener("popstate", () => (live ? tell(location.search.slice(1)) : location.reload()));

  // The next step of a notice, where it is a change of the view.
  document.querySelectorAll("a.ops-ask").forEach((step) => (step.href = `${app}?${step.dataset.query}`));

  button.hidden = false;
  button.addEventListener("click", () => explore());
  form?.addEventListener("submit", (event) => event.preventDefault());
  form?.addEventListener("input", (event) => {
    if (event.target.type === "range") event.target.nextElementSibling.value = event.target.value;
  });
  form?.addEventListener("change", () => explore());

  // The page of a view that nobody asked for yet: open it once it is there.
  async function look() {
    if (frame) return;
    const answer = await fetch(location.href, { method: "HEAD" }).catch(() => null);
    if (answer && answer.status !== 202 && !frame) location.reload();
    else setTimeout(look, 500);
  }
  if (document.body.hasAttribute("data-waiting")) setTimeout(look, 500);
})();
