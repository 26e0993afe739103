// A snapshot that becomes live: as soon as somebody comes near, the live page is made ready behind
// it, then takes its place with what was open, typed and turned meanwhile.
(() => {
  const { app, query: own, isFull } = document.body.dataset;
  if (isFull) parent.postMessage({ type: "ops-full", sentence: isFull }, location.origin);
  if (!app) return;
  const form = document.querySelector("form.ops-controls");
  const state = document.querySelector(".shop-state");
  const full = document.querySelector(".shop-full");
  const PATIENCE = 60_000; // ms until a page that does not get ready is given up
  const DWELL = 150; // ms that a pointer rests where something answers before a kernel is taken
  const NEAR = "form.ops-controls, .ops-panel, .ops-numbers";
  let frame = null;
  let ready = false; // the live page is whole
  let live = false; // and has taken over
  let warmed = false; // nearness starts a page once, whatever comes of it
  let held = false; // a pointer is down: what it drags must not vanish
  let wishes = []; // what was asked for before the live page could answer
  let open = 0; // wishes that were handed over and not answered
  let asked = own; // the query of what the frame shows
  let timer = 0;

  function start(query = own) {
    asked = query;
    frame = document.createElement("iframe");
    frame.className = "shop-live";
    frame.title = document.title;
    frame.src = `${app}/live${query ? `?${query}` : ""}`;
    frame.tabIndex = -1;
    document.body.append(frame);
    timer = setTimeout(() => giveUp("It takes too long: this page stays as it is."), PATIENCE);
  }

  // Somebody came near: nothing is said, since nothing was asked for.
  function warm() {
    if (warmed || frame) return;
    warmed = true;
    start();
  }

  // Somebody wants something that only the live page can do.
  function want(wish) {
    full.hidden = true;
    wishes.push(wish);
    if (!frame) start();
    if (ready) return handOver();
    state.textContent = "Getting ready …";
    form?.classList.add("ops-busy");
  }

  const post = (message) => frame.contentWindow.postMessage(message, location.origin);

  function handOver() {
    for (const wish of wishes.splice(0)) {
      open += 1;
      post({ type: "ops-wish", wish });
    }
    takeOver();
  }

  function giveUp(sentence) {
    clearTimeout(timer);
    frame?.remove();
    frame = null;
    ready = live = false;
    wishes = [];
    open = 0;
    document.body.classList.remove("shop-is-live");
    form?.classList.remove("ops-busy");
    state.textContent = sentence;
  }

  function takeOver() {
    if (!ready || live || open || held) return;
    live = true;
    const inside = frame.contentWindow;
    const settle = carry(inside.document);
    frame.tabIndex = 0;
    document.body.classList.add("shop-is-live");
    form?.classList.remove("ops-busy");
    state.textContent = "";
    settle(inside);
    // Paper has no frames: what is printed is the page inside.
    for (const one of [window, inside])
      one.addEventListener("keydown", (event) => {
        if (event.key.toLowerCase() !== "p" || !(event.ctrlKey || event.metaKey) || event.shiftKey) return;
        event.preventDefault();
        inside.print();
      });
  }

  // What a person did to the snapshot without asking for anything: opened, typed, scrolled.
  function carry(page) {
    const all = (root, selector) => [...root.querySelectorAll(selector)];
    const panels = [all(document, "main .ops-panel"), all(page, "main .ops-panel.lm-Widget, main .ops-panel:not(.lm-Widget)")];
    const active = document.activeElement;
    const field = active?.closest?.("[data-field]")?.dataset.field;
    const kind = 'input, button, a';
    const place = field ? all(active.closest("[data-field]"), kind).indexOf(active) : -1;
    const opened = document.querySelector(".ops-pop:popover-open")?.id;
    const sheet = Boolean(document.querySelector(".ops-fields:popover-open"));
    const typed = all(document, ".ops-find, .ops-filter input").map((box) => box.value);
    // The panel at the top of the window stays where it is, or the header as long as it is seen.
    const at = panels[0].findIndex((panel) => panel.getBoundingClientRect().bottom > 60);
    const top = scrollY && at >= 0 ? panels[0][at].getBoundingClientRect().top : null;
    return (inside) => {
      panels[0].forEach((panel, n) => {
        const twins = all(panels[1][n] ?? page.createElement("i"), "details");
        all(panel, "details").forEach((one, i) => one.open && twins[i] && (twins[i].open = true));
      });
      all(page, ".ops-find, .ops-filter input").forEach((box, n) => {
        if (!typed[n]) return;
        box.value = typed[n];
        box.dispatchEvent(new inside.Event("input", { bubbles: true }));
      });
      if (top !== null && panels[1][at]) inside.scrollTo(0, inside.scrollY + panels[1][at].getBoundingClientRect().top - top);
      else inside.scrollTo(0, scrollY);
      if (sheet) page.querySelector(".ops-fields")?.showPopover();
      const box = opened && all(page, ".ops-pop[popover]").find((one) => one.id.replace(/^ops-[^-]*-/, "") === opened.replace(/^ops-/, ""));
      box?.showPopover();
      inside.focus();
      if (place >= 0) all(page.querySelector(`[data-field="${CSS.escape(field)}"]`) ?? page, kind)[place]?.focus({ preventScroll: true });
      document.querySelectorAll(":popover-open").forEach((one) => one.hidePopover());
    };
  }

  const told = {
    "ops-ready": () => {
      clearTimeout(timer);
      ready = true;
      handOver();
    },
    "ops-answered": () => {
      open = 0;
      takeOver();
    },
    "ops-full": ({ sentence }) => {
      const wanted = wishes.length;
      giveUp("");
      if (!wanted) return; // nobody asked for anything: nobody is told
      full.textContent = sentence;
      full.hidden = false;
      full.scrollIntoView({ block: "nearest" });
    },
    "ops-reload": () => {
      const query = asked;
      giveUp("");
      start(query);
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
  addEventListener("popstate", () => {
    const query = location.search.slice(1);
    if (!live) return location.reload();
    if (query === asked) return;
    asked = query;
    post({ type: "ops-go", query });
  });

  // --- nearness: a pointer that moves and rests, a tap, the focus. Mere loading is none of them.
  let resting = 0;
  const near = (event) => event.target.closest?.(NEAR);
  document.addEventListener("pointermove", (event) => {
    if (warmed || event.pointerType === "touch") return;
    if (!near(event)) {
      clearTimeout(resting);
      resting = 0;
    } else resting ||= setTimeout(warm, DWELL);
  }, { passive: true });
  document.documentElement.addEventListener("pointerleave", () => {
    clearTimeout(resting);
    resting = 0;
  });
  document.addEventListener("pointerup", (event) => near(event) && warm()); // no scroll ends like this
  document.addEventListener("focusin", (event) => near(event) && warm());
  addEventListener("pointerdown", () => (held = true), true);
  for (const end of ["pointerup", "pointercancel"])
    addEventListener(end, () => {
      held = false;
      setTimeout(takeOver); // after what this very release asks for
    }, true);

  // --- wishes: of the bar, of a notice, and of whatever on the page is a link to another view of it
  if (form) makeBar(form, [], want);
  document.querySelectorAll("a.ops-ask").forEach((step) => (step.href = `${app}?${step.dataset.query}`));
  // Marks are links where a server has the view in which they are picked.
  for (const drawing of document.querySelectorAll(".ops-chart svg:has(a[data-query])")) {
    drawing.setAttribute("role", "group");
    for (const mark of drawing.querySelectorAll("a[data-query]"))
      mark.setAttribute("href", `${app}${mark.dataset.query && "?"}${mark.dataset.query}`);
  }
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("main a");
    if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const href = link.getAttribute("href") ?? link.getAttribute("xlink:href") ?? "";
    const { ask, query } = link.dataset;
    if (!ask && query === undefined && !href.startsWith("?")) return;
    event.preventDefault();
    want(ask ? { ask: JSON.parse(ask) } : { go: query ?? href });
  });
  // The page of a view that nobody asked for yet: open it once it is there.
  async function look() {
    if (frame) return;
    const answer = await fetch(location.href, { method: "HEAD" }).catch(() => null);
    if (answer && answer.status !== 202 && !frame) location.reload();
    else setTimeout(look, 500);
  }
  if (document.body.hasAttribute("data-waiting")) setTimeout(look, 500);
})();
