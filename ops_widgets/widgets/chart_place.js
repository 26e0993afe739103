// One Vega view for each place the chart stands in: embedded once, then fed with data. Returns how
// to end it.

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

// As charts/labels.py does to drawings: a text that would lie over another one is left out.
const ACROSS = { left: ["right", 1], right: ["left", -1], center: ["", 0] };
const UPRIGHT = { top: "bottom", bottom: "top", middle: "" };
function withoutOverlap(vega) {
  for (const mark of vega.marks ?? []) {
    if (mark.type === "group") withoutOverlap(mark);
    if (mark.type !== "text") continue;
    const encode = mark.encode.update;
    const fixed = (name, usual) => (encode[name] ? encode[name].value : usual);
    const [across, way] = ACROSS[fixed("align", "center")] ?? [];
    const upright = UPRIGHT[fixed("baseline", "middle")];
    const [dx, dy, angle] = ["dx", "dy", "angle"].map((name) => fixed(name, 0));
    const placed = encode.x?.scale && encode.y?.scale;
    if (angle !== 0 || dy === undefined || !placed || upright === undefined || dx !== Math.abs(dx) * way) continue;
    Object.assign(encode, { dx: { value: 0 }, dy: { value: 0 }, y: { ...encode.y, offset: dy } });
    const anchor = [upright, across].filter(Boolean).join("-") || "middle";
    mark.transform = [{
      type: "label", size: { signal: "[width, height]" }, anchor: [anchor], offset: [Math.abs(dx)],
      avoidBaseMark: false, padding: 5,
    }];
  }
  return vega;
}

// Vega gives text the room that it measures: the letters must be there before.
function fontsThere(font) {
  const asked = [400, 600].map((weight) => document.fonts.load(`${weight} 12px ${font}`));
  return Promise.allSettled(asked);
}

function showChart(model, el) {
  el.classList.add("ops-live-chart");
  const place = document.createElement("div");
  place.className = "ops-view ops-waiting";
  const { height } = model.get("spec");
  if (typeof height === "number") place.style.minHeight = `${height + 60}px`;
  el.append(place);

  let drawn = null; // what vegaEmbed gave: { view, finalize }
  let stale = false; // newer data than the drawing's
  let gone = false;
  let shownWide = () => {};
  const wide = new Promise((resolve) => (shownWide = resolve));
  const brush = makeBrush(place, (part) => wish(model.get("page"), part));

  const roomNow = () => (model.get("rooms").findLast(([least]) => place.clientWidth >= least) ?? model.get("rooms")[0])[1];
  let room = null;

  // Hosts insert outputs before they have a size, and hide panels: draw when there is room.
  const observer = new ResizeObserver(() => {
    const width = place.clientWidth;
    if (width === 0) return;
    shownWide();
    if (!drawn || model.get("spec").width !== "container") return;
    if (roomNow() !== room) inTurn(embed);
    else inTurn(() => drawn?.view.signal("width", width).runAsync().then(afterDrawing));
  });
  observer.observe(place);

  let last = Promise.resolve();
  const inTurn = (task) => (last = last.then(() => gone || task()).catch(complain));

  function complain(error) {
    drawn?.finalize();
    drawn = null;
    console.error(error);
    const sentence = document.createElement("p");
    sentence.className = "ops-notice";
    sentence.textContent = "This chart could not be drawn. Its table still holds.";
    place.replaceChildren(sentence);
    place.classList.remove("ops-waiting");
    announceReady();
  }

  function describe() {
    el.setAttribute("role", "img");
    el.setAttribute("aria-label", model.get("label") || "Chart");
  }

  function afterDrawing() {
    // The element around it is the picture with a name: hundreds of marks read out help nobody.
    place.querySelector("svg")?.setAttribute("aria-hidden", "true");
    // A legend above begins at the edge of the drawing, as in charts/svg.py, not where the axis is.
    for (const legend of place.querySelectorAll(".role-legend > g")) {
      const above = legend.getAttribute("transform").match(/,(-.*)\)/)?.[1];
      if (above) legend.setAttribute("transform", `translate(${-drawn.view.origin()[0]},${above})`);
    }
    const pick = model.get("pick");
    place.classList.toggle("ops-pickable", Boolean(pick.field));
    brush.follow(drawn.view, model.get("brush"), rowsOf(Object.values(model.get("data"))[0]));
  }

  function picked(_event, item) {
    const { field, column, value } = model.get("pick");
    const found = field && item?.datum?.[column];
    if (found) wish(model.get("page"), { [field]: found === value ? "" : String(found) });
  }

  async function embed() {
    const vegaEmbed = await vegaLater();
    await wide;
    await fontsThere(model.get("spec").config.font);
    if (gone) return;
    if (place.offsetHeight > 60) place.style.minHeight = `${place.offsetHeight}px`; // no jump
    drawn?.finalize();
    drawn = null;
    stale = false;
    const spec = { ...structuredClone(model.get("spec")), datasets: datasetsOf(model) };
    room = roomNow();
    for (const [part, values] of Object.entries(room)) spec.config[part] = { ...spec.config[part], ...values };
    drawn = await vegaEmbed(place, spec, {
      mode: "vega-lite", renderer: "svg", actions: false, defaultStyle: false,
      tooltip: { theme: "ops" }, patch: withoutOverlap,
    });
    place.classList.remove("ops-waiting");
    place.style.minHeight = "";
    if (gone) return drawn.finalize();
    drawn.view.addEventListener("click", picked);
    afterDrawing();
    announceReady();
  }

  async function feed() {
    if (!drawn) return embed();
    if (!stale) return;
    stale = false;
    const { view } = drawn;
    for (const [name, rows] of Object.entries(datasetsOf(model)))
      view.change(name, view.changeset().remove(() => true).insert(rows));
    await view.runAsync();
    afterDrawing();
  }

  const onSpec = () => inTurn(embed);
  const onData = () => {
    stale = true;
    inTurn(feed);
  };
  const onMarks = () => inTurn(() => drawn && afterDrawing());
  const heard = { "change:spec": onSpec, "change:data": onData, "change:label": describe,
                  "change:brush": onMarks, "change:pick": onMarks };
  describe();
  inTurn(embed);
  for (const [name, listener] of Object.entries(heard)) model.on(name, listener);
  return () => {
    gone = true;
    shownWide();
    observer.disconnect();
    for (const [name, listener] of Object.entries(heard)) model.off(name, listener);
    drawn?.finalize();
  };
}
