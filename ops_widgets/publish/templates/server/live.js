// What a live page does around its widgets: show itself, say that it is ready, notice its end.
(() => {
  // A widget whose script has not run two seconds after its model was made is deaf for ever: anywidget
  // gives up on it then, and so drops all that its kernel ever sends. On a busy machine, or one that
  // was asleep meanwhile, two seconds are nothing.
  const timeout = AbortSignal.timeout.bind(AbortSignal);
  AbortSignal.timeout = (ms) => timeout(Math.max(ms, 120_000));

  const say = (message) => parent.postMessage(message, location.origin);
  const statusAddress = new URL(document.getElementById("ops-kernel").dataset.status, location.href);
  statusAddress.protocol = statusAddress.protocol.replace("http", "ws");
  const cells = document.getElementById("rendered_cells");
  const LONGEST = 10_000; // ms after which a page shows itself, whatever is missing
  const PATIENCE = 45_000; // ms after which it takes the static page's place, whatever is missing
  const QUIET = 150; // ms without a change after which nothing more is expected

  // A whole page says by itself when its controls and all charts are there. One that stopped at a
  // failed cell, which is here before any widget, never does: it is ready when nothing more changes.
  const hasStopped = Boolean(cells.querySelector(".ops-notice"));
  let calm = hasStopped ? setTimeout(ready, 1000) : 0;
  const watcher = new MutationObserver(() => {
    if (cells.querySelector(".ops-header, .ops-notice")) reveal();
    if (!hasStopped) return;
    clearTimeout(calm);
    if (!cells.querySelector(".ops-waiting")) calm = setTimeout(ready, QUIET);
  });
  watcher.observe(cells, { childList: true, subtree: true, attributes: true, attributeFilter: ["class"] });
  function reveal() {
    document.getElementById("ops-loading")?.remove();
    cells.hidden = false;
  }
  function ready() {
    watcher.disconnect();
    reveal();
    say({ type: "ops-ready" });
  }
  setTimeout(reveal, LONGEST);
  setTimeout(ready, PATIENCE);

  // The kernel's end: a page that still looks alive but no longer answers would be the worst.
  let lost = false;
  function end(sentence) {
    if (lost) return;
    lost = true;
    dispatchEvent(new Event("ops-kernel-lost"));
    const notice = document.createElement("p");
    notice.className = "ops-notice ops-lost";
    notice.setAttribute("role", "alert");
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "Open it again";
    button.addEventListener("click", () => (parent === window ? location.reload() : say({ type: "ops-reload" })));
    notice.append(`${sentence} What you see stays, but no longer answers. `, button);
    cells.prepend(notice);
    reveal();
  }
  const WORDS = {
    died: "The calculation behind this page has ended unexpectedly.",
    ended: "This page was not used for a while, and its place was given away.",
  };
  let tries = 0;
  let leaving = false;
  addEventListener("pagehide", () => (leaving = true));
  function listen() {
    const socket = new WebSocket(statusAddress);
    socket.addEventListener("open", () => (tries = 0));
    socket.addEventListener("message", (event) => end(WORDS[JSON.parse(event.data).kernel] ?? WORDS.died));
    socket.addEventListener("close", () => {
      if (lost || leaving) return;
      tries += 1;
      if (tries > 3) end("The connection to the server is lost.");
      else setTimeout(listen, 1000 * tries);
    });
  }
  listen();
})();
