// The address bar as a link to what is shown. Inside a frame the page around it has the address
// that people copy: it is told, and tells us when somebody goes back.
const QUIET = 250; // ms: what follows sooner belongs to the same step of the history

// `go` is for the way back, `send` for wishes of the page around.
function makeHistory(go, send) {
  const framed = window.parent !== window;
  let timer = 0;
  let shown = null; // the query that the address has
  let lastGesture = null;

  function write(query, push) {
    shown = query;
    if (framed) return tellAround({ type: "ops-state", query, push });
    const token = new URLSearchParams(location.search).get("token");
    const parts = [query, token && `token=${encodeURIComponent(token)}`].filter(Boolean);
    const address = location.pathname + (parts.length ? `?${parts.join("&")}` : "");
    if (push) history.pushState(null, "", address);
    else history.replaceState(null, "", address);
  }

  const onPop = () => go(location.search);
  const onMessage = (event) => {
    if (event.origin !== location.origin || event.source !== window.parent || !framed) return;
    const { type, query, wish } = event.data ?? {};
    if (type === "ops-go" && typeof query === "string") go(query);
    if (type === "ops-wish" && wish && typeof wish === "object") send(wish);
  };
  if (!framed) addEventListener("popstate", onPop);
  addEventListener("message", onMessage);

  return {
    // `asked`: what the last message to the kernel was: a step of the person, or a way back.
    follow(query, asked, gesture) {
      if (query === null) return;
      clearTimeout(timer);
      if (shown === null || asked === "go") {
        if (shown !== query) write(query, false);
        return;
      }
      timer = setTimeout(() => {
        if (query === shown) return;
        write(query, gesture === null || gesture !== lastGesture);
        lastGesture = gesture;
      }, QUIET);
    },
    end() {
      clearTimeout(timer);
      removeEventListener("popstate", onPop);
      removeEventListener("message", onMessage);
    },
  };
}
