// One Vega view for each place the chart stands in: embedded once, then fed with data.

function vegaLater() {
  if (!globalThis.opsWidgetsVega) {
    const later = {};
    later.ready = new Promise((resolve) => (later.resolve = resolve));
    globalThis.opsWidgetsVega = later;
  }
  return globalThis.opsWidgetsVega.ready;
}

function numbers(view) {
  // Copied: the bytes of a message need not start where a Float64Array may.
  const end = view.byteOffset + view.byteLength;
  return new Float64Array(view.buffer.slice(view.byteOffset, end));
}

// The wall clock that Python meant, whatever zone the browser is in.
function wallClock(ms) {
  const t = new Date(ms);
  return new Date(
    t.getUTCFullYear(), t.getUTCMonth(), t.getUTCDate(),
    t.getUTCHours(), t.getUTCMinutes(), t.getUTCSeconds(), t.getUTCMilliseconds(),
  );
}

function rowsOf({ rows, columns }) {
  const table = Array.from({ length: rows }, () => ({}));
  for (const [name, { kind, values }] of Object.entries(columns)) {
    const list = kind === "list" ? values : numbers(values);
    const read =
      kind === "list" ? (v) => v
      : kind === "time" ? (v) => (Number.isNaN(v) ? null : wallClock(v))
      : (v) => (Number.isNaN(v) ? null : v);
    for (let i = 0; i < rows; i += 1) table[i][name] = read(list[i]);
  }
  return table;
}

function datasetsOf(model) {
  const sent = Object.entries(model.get("data"));
  return Object.fromEntries(sent.map(([name, columns]) => [name, rowsOf(columns)]));
}

function render({ model, el }) {
  el.classList.add("ops-live-chart");
  const place = document.createElement("div");
  place.className = "ops-view ops-waiting";
  el.append(place);

  let drawn = null; // what vegaEmbed gave: { view, finalize }
  let stale = false; // newer data than the drawing's
  let gone = false;
  let shownWide = () => {};
  const wide = new Promise((resolve) => (shownWide = resolve));

  const columnsThatFit = () => Math.max(1, Math.floor(place.clientWidth / model.get("legend_entry")));
  let columns = 0;

  // Hosts insert outputs before they have a size, and hide panels: draw when there is room.
  const observer = new ResizeObserver(() => {
    const width = place.clientWidth;
    if (width === 0) return;
    shownWide();
    if (!drawn || model.get("spec").width !== "container") return;
    if (columnsThatFit() !== columns) inTurn(embed);
    else inTurn(() => drawn?.view.signal("width", width).runAsync());
  });
  observer.observe(place);

  let last = Promise.resolve();
  const inTurn = (task) => (last = last.then(() => gone || task()).catch(complain));

  function complain(error) {
    drawn?.finalize();
    drawn = null;
    const sentence = document.createElement("p");
    sentence.className = "ops-notice";
    sentence.textContent = `This chart could not be drawn (${error.message}). Its table still holds.`;
    place.replaceChildren(sentence);
    place.classList.remove("ops-waiting");
  }

  function describe() {
    el.setAttribute("role", "img");
    el.setAttribute("aria-label", model.get("label") || "Chart");
  }

  async function embed() {
    const vegaEmbed = await vegaLater();
    await wide;
    if (gone) return;
    drawn?.finalize();
    drawn = null;
    stale = false;
    const spec = { ...structuredClone(model.get("spec")), datasets: datasetsOf(model) };
    columns = spec.config.legend.columns = columnsThatFit();
    drawn = await vegaEmbed(place, spec, {
      mode: "vega-lite", renderer: "svg", actions: false, defaultStyle: false,
      tooltip: { theme: "ops" },
    });
    place.classList.remove("ops-waiting");
    if (gone) drawn.finalize();
  }

  async function feed() {
    if (!drawn) return embed();
    if (!stale) return;
    stale = false;
    const { view } = drawn;
    for (const [name, rows] of Object.entries(datasetsOf(model)))
      view.change(name, view.changeset().remove(() => true).insert(rows));
    await view.runAsync();
  }

  const onSpec = () => inTurn(embed);
  const onData = () => {
    stale = true;
    inTurn(feed);
  };
  describe();
  inTurn(embed);
  model.on("change:spec", onSpec);
  model.on("change:data", onData);
  model.on("change:label", describe);
  return () => {
    gone = true;
    shownWide();
    observer.disconnect();
    model.off("change:spec", onSpec);
    model.off("change:data", onData);
    model.off("change:label", describe);
    drawn?.finalize();
  };
}
export default { render };
