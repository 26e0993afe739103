// What a page does without a server: save a chart as a picture, switch between light and dark.
// Shared by static pages (a script) and live ones (the widgets); installed once.
// A picture of its own knows no font of the page: it takes those that its text is set in along.
async function fontFaces() {
  const rules = [...document.styleSheets].flatMap((sheet) => {
    try {
      return [...sheet.cssRules].map((rule) => [rule, sheet.href ?? location.href]);
    } catch {
      return []; // another host's
    }
  });
  const own = rules.filter(([rule]) => rule instanceof CSSFontFaceRule && rule.cssText.includes("Ops Sans"));
  const carried = async ([rule, base]) => {
    const [, address] = rule.cssText.match(/url\("?([^")]+)"?\)/);
    if (address.startsWith("data:")) return rule.cssText;
    const file = await (await fetch(new URL(address, base))).blob();
    const data = await new Promise((resolve) => {
      const reader = new FileReader();
      reader.onload = () => resolve(reader.result);
      reader.readAsDataURL(file);
    });
    return rule.cssText.replace(address, data);
  };
  return (await Promise.all(own.map(carried))).join("\n");
}

async function resolvedSvg(svg) {
  const faces = await fontFaces().catch(() => "");
  // A file has no style sheet: variables become the colours that are on the screen.
  const probe = document.createElement("span");
  svg.parentElement.append(probe);
  const seen = {};
  const colourOf = (variable) => {
    probe.style.color = `var(${variable})`;
    return (seen[variable] ??= getComputedStyle(probe).color);
  };
  const copy = svg.cloneNode(true);
  for (const link of copy.querySelectorAll("a")) link.replaceWith(...link.childNodes);
  const { width, height } = svg.viewBox.baseVal.width ? svg.viewBox.baseVal : svg.getBoundingClientRect();
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  copy.setAttribute("width", width);
  copy.setAttribute("height", height);
  const ground = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  for (const [name, value] of Object.entries({ width: "100%", height: "100%", fill: "var(--ops-paper)" }))
    ground.setAttribute(name, value);
  copy.prepend(ground);
  const style = document.createElementNS("http://www.w3.org/2000/svg", "style");
  style.textContent = faces;
  copy.prepend(style);
  const text = new XMLSerializer().serializeToString(copy)
    .replaceAll(/var\((--ops-[a-z0-9-]+)\)/g, (_all, name) => colourOf(name))
    .replaceAll("currentColor", colourOf("--ops-ink"));
  probe.remove();
  return { text, width, height };
}

function saveFile(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

async function saveChart(button) {
  const panel = button.closest(".ops-panel");
  const drawn = [...panel.querySelectorAll(".ops-view svg, .ops-chart svg")];
  const svg = drawn.find((one) => one.getClientRects().length);
  if (!svg) return;
  const { text, width, height } = await resolvedSvg(svg);
  const name = `${button.closest(".ops-tools").dataset.file}.${button.dataset.save}`;
  if (button.dataset.save === "svg") return saveFile(new Blob([text], { type: "image/svg+xml" }), name);
  const picture = new Image();
  picture.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
  await picture.decode();
  const canvas = document.createElement("canvas");
  canvas.width = 3 * width;
  canvas.height = 3 * height;
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  canvas.toBlob((blob) => saveFile(blob, name), "image/png");
}

const THEMES = ["system", "light", "dark"];

function themeNow() {
  try {
    const kept = localStorage.getItem("ops-theme");
    return THEMES.includes(kept) ? kept : "system";
  } catch {
    return document.documentElement.dataset.opsTheme ?? "system";
  }
}

function applyTheme(theme) {
  if (theme === "system") delete document.documentElement.dataset.opsTheme;
  else document.documentElement.dataset.opsTheme = theme;
  for (const button of document.querySelectorAll("[data-ops-theme-switch]")) {
    button.setAttribute("aria-label", `Theme: ${theme}. Switch to the next`);
    button.title = `Theme: ${theme}`;
  }
}

function switchTheme() {
  const next = THEMES[(THEMES.indexOf(themeNow()) + 1) % THEMES.length];
  try {
    localStorage.setItem("ops-theme", next);
  } catch {
    // Private windows may keep nothing: the page is switched all the same.
  }
  applyTheme(next);
}

async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Plain http beyond this machine has no clipboard of its own.
    const box = document.createElement("textarea");
    box.value = text;
    document.body.append(box);
    box.select();
    document.execCommand("copy");
    box.remove();
  }
}

// What people copy is the address of the page around, unless the button has a link of its own.
async function copyLink(button) {
  const around = window.parent === window ? location : window.parent.location;
  const address = new URL(around.href);
  address.searchParams.delete("token");
  await copyText(button.dataset.opsCopy || address.href);
  const { title } = button;
  button.title = "Copied";
  button.setAttribute("aria-label", "Copied");
  button.classList.add("ops-done");
  setTimeout(() => {
    button.title = title;
    button.setAttribute("aria-label", title);
    button.classList.remove("ops-done");
  }, 1500);
}

// What stands closed below a chart: opened, or closed again, from the menu of its panel.
function openBelow(button) {
  const part = button.closest(".ops-panel").querySelector(`details.${button.dataset.opens}`);
  if (!part) return;
  part.open = !part.open;
  if (!part.open) return;
  part.querySelector("summary").focus({ preventScroll: true });
  part.scrollIntoView({ block: "nearest" });
}

function closeMenus(but) {
  const open = [...document.querySelectorAll("details.ops-menu[open]")].filter((menu) => menu !== but);
  for (const menu of open) menu.open = false;
  return open;
}

function installTools() {
  applyTheme(themeNow());
  if (globalThis.opsTools) return;
  globalThis.opsTools = true;
  document.documentElement.dataset.opsTools = "yes"; // buttons that need a script are shown
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-save], [data-opens], [data-ops-theme-switch], [data-ops-copy], [data-ops-print]");
    closeMenus(button ? null : event.target.closest?.("details.ops-menu"));
    if (!button) return;
    if (button.dataset.save) saveChart(button);
    else if (button.dataset.opens) openBelow(button);
    else if ("opsCopy" in button.dataset) copyLink(button);
    else if ("opsPrint" in button.dataset) window.print();
    else switchTheme();
  });
  // Before anybody else hears it: what is selected on the page stays as long as a menu is open.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const [menu] = closeMenus(null);
    if (!menu) return;
    event.stopPropagation();
    menu.querySelector("summary").focus();
  }, true);
  // Another tab, or the page around this frame, was switched.
  addEventListener("storage", (event) => event.key === "ops-theme" && applyTheme(themeNow()));
}
