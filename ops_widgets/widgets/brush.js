// Selects a part of a chart's time with the pointer; what is selected is drawn from the state,
// so that undo, links and other charts move it too.
function isoDay(date) {
  const two = (n) => String(n).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

function makeBrush(place, onPart) {
  let view = null;
  let periods = []; // { x, since, until } of every period, from left to right
  let box = null;
  let from = null; // where the pointer went down
  const layer = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  layer.setAttribute("class", "ops-brush");

  function geometry() {
    const svg = place.querySelector("svg");
    if (!svg || !view) return null;
    const [left, top] = view.origin();
    const padding = view.padding();
    const edge = (side) => (typeof padding === "number" ? padding : padding?.[side] ?? 0);
    return { svg, left: left + edge("left"), top: top + edge("top"), width: view.width(), height: view.height() };
  }

  function draw(start, end) {
    const space = geometry();
    if (!space || start === null) return layer.remove();
    const values = { x: space.left + start, y: space.top, width: Math.max(2, end - start), height: space.height };
    for (const [name, value] of Object.entries(values)) layer.setAttribute(name, value);
    space.svg.append(layer);
  }

  // Half the distance between two periods: the box covers a period, not its middle only.
  const half = () => (periods.length > 1 ? (periods[1].x - periods[0].x) / 2 : 8);

  function show({ since, until }) {
    if (!since && !until) return draw(null, null);
    const inside = periods.filter((p) => (!since || p.since >= since) && (!until || p.until <= until));
    if (!inside.length) return draw(null, null);
    draw(inside[0].x - half(), inside.at(-1).x + half());
  }

  function at(event) {
    const { svg, left, width } = geometry();
    const x = event.clientX - svg.getBoundingClientRect().left - left;
    return Math.max(0, Math.min(width, x));
  }

  function down(event) {
    const space = geometry();
    if (!space || event.button !== 0 || !box) return;
    const y = event.clientY - space.svg.getBoundingClientRect().top - space.top;
    if (y < 0 || y > space.height) return;
    from = at(event);
  }
  function move(event) {
    if (from === null || Math.abs(at(event) - from) < 6) return;
    place.setPointerCapture?.(event.pointerId);
    draw(Math.min(from, at(event)), Math.max(from, at(event)));
  }
  function up(event) {
    if (from === null) return;
    const [start, end] = [from, at(event)].sort((a, b) => a - b);
    from = null;
    if (end - start < 6) return;
    const inside = periods.filter((p) => p.x + half() > start && p.x - half() < end);
    if (inside.length) onPart({ since: inside[0].since, until: inside.at(-1).until });
    else show(box);
  }
  place.addEventListener("pointerdown", down);
  place.addEventListener("pointermove", move);
  place.addEventListener("pointerup", up);
  place.addEventListener("pointercancel", () => {
    from = null;
    if (box) show(box);
  });

  return {
    // After every drawing: where the periods are now, and which part is selected.
    follow(drawnView, state, rows) {
      view = drawnView;
      box = state.column ? state : null;
      place.classList.toggle("ops-brushable", Boolean(box));
      if (!box) return layer.remove();
      const scale = view.scale("x");
      const day = 24 * 60 * 60 * 1000;
      const middle = (row, x) => (box.spans ? scale(+row.ops_end + day) - x : scale.bandwidth?.() ?? 0) / 2;
      const found = new Map();
      for (const row of rows) {
        const time = row[box.column];
        if (!time || found.has(+time)) continue;
        const x = scale(+time) ?? scale(time);
        if (Number.isFinite(x)) found.set(+time, { x: x + middle(row, x), since: isoDay(time), until: isoDay(row.ops_end) });
      }
      periods = [...found.values()].sort((a, b) => a.x - b.x);
      show(box);
    },
  };
}
