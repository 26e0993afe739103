// What a filter bar does in the browser, the same on a snapshot and live: it turns what a person
// does into wishes, shows values, and keeps itself on one line. Popovers open and close natively.
const BOXES = 100; // of thousands of names: so many stand there at once
const AT_ONCE = 1000; // ms: keys pressed sooner after each other are one turn

let gestures = Date.now();
const newGesture = () => (gestures += 1);

// `send` takes a wish: { ask: changes of the view, gesture } or { undo | redo | reset: true }.
// `fields` may hold the names to choose from, where there are more than stand in the form.
function makeBar(form, fields, send) {
  const boxes = [...form.querySelectorAll("[data-field]")];
  const all = (selector) => form.querySelectorAll(selector);
  const ask = (changes, gesture = null) => send({ ask: changes, gesture });
  form.dataset.alive = "yes";

  // Several bars of one name may stand in a window: a pill opens its own popover.
  for (const pill of all("button[popovertarget]")) {
    const own = form.querySelector(`#${CSS.escape(pill.getAttribute("popovertarget"))}`);
    if (own) pill.popoverTargetElement = own;
  }

  const parts = new Map(boxes.map((box) => [box.dataset.field, makeField(box)]));

  function makeField(box) {
    const { field: name, kind } = box.dataset;
    const said = box.querySelector(".ops-set");
    const own = (selector) => box.querySelector(selector);
    const kinds = { one: oneOf, many: manyOf, number: numberOf, day: dayOf, switch: switchOf, period: periodOf };
    const showValue = kinds[kind]();
    return (value, words) => {
      if (said.textContent !== words) said.textContent = words;
      showValue(value);
    };

    function oneOf() {
      const radios = [...box.querySelectorAll("input[type=radio]")];
      box.addEventListener("change", ({ target }) => ask({ [name]: target.value }));
      box.addEventListener("pointerup", ({ target }) => {
        if (target.closest("label")) setTimeout(() => own(".ops-pop").matches(":popover-open") && own(".ops-pop").hidePopover());
      });
      return (value) => radios.forEach((radio) => (radio.checked = radio.value === value));
    }
    function numberOf() {
      return slider(own("input[type=range]"), name);
    }
    function switchOf() {
      const input = own("input");
      input.addEventListener("change", () => ask({ [name]: input.checked }));
      return (value) => (input.checked = value);
    }
    function dayOf() {
      const input = own("input");
      // Typing a year passes through years nobody means: wait for Enter or for leaving.
      let shown = input.value;
      const done = () => input.value !== shown && ask({ [name]: (shown = input.value) });
      input.addEventListener("blur", done);
      input.addEventListener("keydown", (event) => event.key === "Enter" && done());
      return (value) => (shown = input.value = value);
    }
    function periodOf() {
      const range = own("input[type=range]");
      const showLength = slider(range, range.name);
      const [from, to] = [own("[data-day=from]"), own("[data-day=to]")];
      let shown = { from: from.value, to: to.dataset.last, as_of: to.value };
      to.value = shown.to;
      const apply = () => {
        // As long as nobody touches the last day, it stays the latest one.
        const latest = !shown.as_of && to.value === shown.to;
        ask({ period: { from: from.value, to: latest ? "" : to.value } });
      };
      own(".ops-apply").addEventListener("click", apply);
      for (const input of [from, to])
        input.addEventListener("keydown", (event) => event.key === "Enter" && apply());
      return (value) => {
        // Days that were refused stay where they were typed, to be put right.
        if (["from", "to", "as_of"].some((name) => value[name] !== shown[name]))
          [from.value, to.value] = [value.from, value.to];
        shown = value;
        showLength(value.length);
        for (const one of box.querySelectorAll(".ops-preset")) {
          const on = Object.values(JSON.parse(one.dataset.ask))[0] === value.preset;
          one.setAttribute("aria-pressed", String(on));
        }
      };
    }
    function manyOf() {
      const list = own(".ops-options");
      const [find, note, clear] = [own(".ops-find"), own(".ops-note"), own(".ops-clear")];
      const made = new Map();
      for (const line of list.children) made.set(line.firstChild.value, line);
      const { options, words = {} } = fields.find((one) => one.name === name) ?? { options: [...made.keys()] };
      const text = (value) => words[value] ?? made.get(value)?.textContent ?? value;
      // Names that only the live page has.
      const beyond = fields.length ? 0 : (Number.parseInt(note.textContent, 10) || 0) - Math.max(0, options.length - BOXES);
      let picked = new Set([...made].filter(([, line]) => line.firstChild.checked).map(([value]) => value));
      let standing = [...made.keys()].join("\n");
      const lineOf = (value) => {
        if (!made.has(value)) {
          const line = list.firstElementChild.cloneNode(true);
          Object.assign(line.firstChild, { value, checked: picked.has(value) });
          line.lastChild.textContent = text(value);
          made.set(value, line);
        }
        return made.get(value);
      };
      const draw = () => {
        const wanted = find?.value.trim().toLowerCase() ?? "";
        const found = options.filter((one) => text(one).toLowerCase().includes(wanted));
        const near = new Set(found.slice(0, BOXES));
        const names = options.filter((one) => near.has(one) || picked.has(one));
        const more = found.length - near.size + beyond;
        note.textContent = more ? `${more} more: type a part of a name.` : "";
        if (names.join("\n") === standing) return; // or the focus would be lost
        standing = names.join("\n");
        list.replaceChildren(...names.map(lineOf));
      };
      list.addEventListener("change", ({ target }) => {
        picked[target.checked ? "add" : "delete"](target.value);
        ask({ [name]: options.filter((one) => picked.has(one)) });
      });
      find?.addEventListener("input", draw);
      clear.addEventListener("click", () => {
        ask({ [name]: [] });
        own(".ops-pill").focus();
      });
      return (value) => {
        picked = new Set(value);
        draw();
        made.forEach((line, one) => (line.firstChild.checked = picked.has(one)));
        clear.hidden = value.length === 0;
      };
    }
  }

  // A slider asks at every step of a drag, and all of them are one step to undo.
  function slider(range, name) {
    const output = range.nextElementSibling;
    let held = false;
    let sent = range.value;
    let gesture = 0;
    let lastKey = 0;
    range.addEventListener("pointerdown", () => {
      held = true;
      gesture = newGesture();
    });
    range.addEventListener("keydown", () => {
      if (performance.now() - lastKey > AT_ONCE) gesture = newGesture();
      lastKey = performance.now();
    });
    const turn = () => {
      output.value = range.value;
      if (range.value === sent) return;
      sent = range.value;
      ask({ [name]: Number(sent) }, gesture);
    };
    range.addEventListener("input", turn);
    range.addEventListener("change", () => {
      held = false;
      turn();
    });
    range.addEventListener("pointercancel", () => (held = false));
    return (value) => {
      if (!held) sent = output.value = range.value = String(value);
    };
  }

  // --- what is pressed
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.matches("input")) event.preventDefault();
  });
  form.addEventListener("click", (event) => {
    const pressed = event.target.closest?.("[data-ask], [data-tool]");
    if (!pressed) return;
    event.preventDefault();
    if (pressed.dataset.ask) ask(JSON.parse(pressed.dataset.ask));
    else if (pressed.getAttribute("aria-disabled") !== "true") send({ [pressed.dataset.tool]: true });
  });

  // --- a popover stands below its pill, whatever is scrolled
  const isOpen = (node) => node.matches(":popover-open");
  function place(popover) {
    const pill = popover.parentElement.querySelector(".ops-pill");
    const { left, bottom } = pill.getBoundingClientRect();
    popover.style.setProperty("--ops-x", `${left}px`);
    popover.style.setProperty("--ops-y", `${bottom + 4}px`);
  }
  const placeOpen = () => all(".ops-pop:popover-open").forEach(place);
  let byKey = false;
  form.addEventListener("click", (event) => (byKey = event.detail === 0), true);
  for (const popover of all(".ops-pop")) {
    popover.addEventListener("beforetoggle", ({ newState }) => newState === "open" && place(popover));
    popover.addEventListener("toggle", ({ newState }) => {
      if (newState === "open" && byKey) popover.querySelector("input, button, a")?.focus();
      if (newState === "closed") fit();
    });
  }
  addEventListener("scroll", placeOpen, { passive: true, capture: true });

  // --- one line: what does not fit goes behind "More", the last first
  const line = form.querySelector(".ops-fields");
  const trail = form.querySelector(".ops-trail");
  const toolbar = form.querySelector(".ops-toolbar");
  const more = form.querySelector(".ops-more");
  const drawer = more.querySelector(".ops-pop");
  const seldom = new Set(drawer.querySelectorAll("[data-field]"));
  const isSheet = () => getComputedStyle(line).position === "fixed";
  function fit() {
    if (all(":popover-open").length || !form.isConnected) return;
    const usual = boxes.filter((box) => !seldom.has(box));
    const out = isSheet() ? [] : usual;
    for (const box of usual) if (box.parentElement !== line) line.insertBefore(box, more);
    drawer.append(...seldom);
    more.hidden = drawer.childElementCount === 0;
    const room = () => form.clientWidth - toolbar.offsetWidth - Math.min(trail.scrollWidth, form.clientWidth / 2) - 24;
    for (let n = out.length - 1; n > 0 && line.offsetWidth > room(); n -= 1) {
      drawer.prepend(out[n]);
      more.hidden = false;
    }
  }
  const observer = new ResizeObserver(fit);
  for (const node of [form, line, trail]) observer.observe(node);

  return {
    show({ values, said, changed, trail: steps }) {
      for (const [name, part] of parts) part(values[name], said[name]);
      const apart = new Set(changed);
      for (const box of boxes) box.classList.toggle("ops-changed", apart.has(box.dataset.field));
      form.querySelector(".ops-count").textContent = apart.size ? `(${apart.size})` : "";
      if (steps !== undefined && steps !== trail.innerHTML) trail.innerHTML = steps;
    },
    end() {
      observer.disconnect();
      removeEventListener("scroll", placeOpen, { capture: true });
    },
  };
}
