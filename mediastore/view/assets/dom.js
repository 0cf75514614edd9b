// Small ways to build and read the page. Text of a store enters by textContent alone, never as markup.

function element(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "text") node.textContent = value;
    else if (name === "style") for (const [rule, of] of Object.entries(value)) node.style.setProperty(rule, of);
    else if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

function icon(name) {
  return element("span", { class: "icon", "aria-hidden": "true", text: name });
}

function clamp(value, low, high) {
  return Math.min(high, Math.max(low, value));
}

function plural(count, noun) {
  return `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;
}

function ofAll(shown, all, noun) {
  return `${shown.toLocaleString("en")} of ${all.toLocaleString("en")} ${noun}${all === 1 ? "" : "s"}`;
}

function formatNumber(value) {
  if (typeof value !== "number" || !Number.isFinite(value)) return String(value);
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(4)));
}

function formatTime(seconds) {
  if (!Number.isFinite(seconds)) return "0:00.0";
  const minutes = Math.floor(seconds / 60);
  return `${minutes}:${(seconds - minutes * 60).toFixed(1).padStart(4, "0")}`;
}

// Streamlit reads the address at its next rerun, so a filter becomes part of the link without one.
function writeUrl(params) {
  const url = new URL(window.location.href);
  for (const [name, values] of Object.entries(params)) {
    url.searchParams.delete(name);
    for (const value of values) url.searchParams.append(name, value);
  }
  if (url.href !== window.location.href) window.history.replaceState(window.history.state, "", url);
}

function readUrl(name) {
  return new URL(window.location.href).searchParams.get(name);
}

function tool(name, sign, act) {
  return element("button", { type: "button", class: "tool", "aria-label": name, title: name, onclick: act }, icon(sign));
}

// Arrow keys, Home and End over the links of a grid of tiles.
function walkGrid(event) {
  const links = [...event.currentTarget.querySelectorAll("a")];
  const at = links.indexOf(event.target.closest("a"));
  if (at < 0) return;
  const columns = links.filter((link) => link.offsetTop === links[0].offsetTop).length;
  const way = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns, Home: -at, End: links.length - 1 - at }[event.key];
  if (way === undefined) return;
  event.preventDefault();
  event.stopPropagation();
  links[clamp(at + way, 0, links.length - 1)].focus();
}

// Python sends JSON as bytes.
function unpacked(data) {
  return JSON.parse(new TextDecoder().decode(data));
}

// One live instance a mount: Streamlit calls a component's function again with every new data.
function mounted(create) {
  const instances = new WeakMap();
  return ({ data, parentElement, setTriggerValue }) => {
    let instance = instances.get(parentElement);
    if (!instance) {
      instance = create(parentElement);
      instances.set(parentElement, instance);
    }
    instance.send = setTriggerValue;
    instance.update(unpacked(data));
    return () => {
      instances.delete(parentElement);
      instance.destroy();
    };
  };
}
