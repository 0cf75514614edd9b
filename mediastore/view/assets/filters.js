// The filters that act in the browser at once: labels, layers, scores. Nothing chosen means all of them.

class Choice {
  constructor({ labels = [], layers = [], score = null } = {}) {
    this.labels = new Set(labels);
    this.layers = new Set(layers);
    this.score = score;
  }

  showsLabel = (label) => !this.labels.size || this.labels.has(label);

  labelled(annotation) {
    if (!annotation.classes) return this.showsLabel(annotation.label ?? "");
    return Object.values(annotation.classes).some(this.showsLabel);
  }

  // What is drawn. The score range speaks about scored annotations: truth without scores stays in view.
  shows = (annotation) => {
    if (!this.labelled(annotation) || (this.layers.size && !this.layers.has(annotation.layer ?? ""))) return false;
    if (!this.score || typeof annotation.score !== "number") return true;
    return annotation.score >= this.score[0] && annotation.score <= this.score[1];
  };

  // Whether an item is found: one annotation satisfies everything that is asked.
  finds(annotations) {
    if (!this.active) return true;
    return annotations.some((one) => this.shows(one) && (!this.score || typeof one.score === "number"));
  }

  get active() {
    return this.labels.size > 0 || this.layers.size > 0 || this.score !== null;
  }

  toUrl() {
    const score = this.score ? [`${formatNumber(this.score[0])}..${formatNumber(this.score[1])}`] : [];
    return { label: [...this.labels], layer: [...this.layers], score };
  }
}

function toggle(set, value) {
  if (!set.delete(value)) set.add(value);
}

function chip({ name, count, color, pressed, onclick }) {
  const dot = color ? element("span", { class: "dot", style: { background: color } }) : null;
  const total = element("span", { class: "count", text: count.toLocaleString("en") });
  return element("button", { class: "chip", type: "button", "aria-pressed": String(pressed), onclick },
    dot, element("span", { class: "name", text: name || "no label", title: name }), total);
}

function chipGroup({ title, entries, chosen, onChange, most = 12 }) {
  const group = element("div", { class: "chips", role: "group", "aria-label": title });
  let all = false;
  const draw = () => {
    const shown = all ? entries : entries.filter((entry, at) => at < most || chosen.has(entry.name));
    const chips = shown.map((entry) => chip({ ...entry, pressed: chosen.has(entry.name), onclick: () => {
      toggle(chosen, entry.name);
      draw();
      group.querySelectorAll(".chip")[shown.indexOf(entry)]?.focus();
      onChange();
    } }));
    const hidden = entries.length - shown.length;
    const more = hidden > 0 ? element("button", { class: "chip quiet", type: "button", text: `${hidden} more`,
      onclick: () => { all = true; draw(); } }) : null;
    group.replaceChildren(...chips, ...(more ? [more] : []));
    group.classList.toggle("narrowed", chosen.size > 0);
  };
  draw();
  return group;
}

// Two handles on one line; onChange gets [low, high] or null for the whole domain.
function rangeSlider({ domain: [low, high], value, onChange }) {
  const step = (high - low) / 100 || 0.01;
  const handle = (name, at) => element("input", { type: "range", min: low, max: high, step: "any", value: at, "aria-label": `${name} score` });
  const [from, to] = [handle("lowest", value?.[0] ?? low), handle("highest", value?.[1] ?? high)];
  const said = element("output", { class: "said" });
  const track = element("span", { class: "track" }, element("span", { class: "fill" }));
  const root = element("div", { class: "range", role: "group", "aria-label": "score" }, element("span", { class: "word", text: "score" }),
    element("span", { class: "rail" }, track, from, to), said);
  const show = () => {
    const [a, b] = [Number(from.value), Number(to.value)];
    const share = (at) => `${(100 * (at - low)) / (high - low || 1)}%`;
    track.firstChild.style.left = share(a);
    track.firstChild.style.right = `calc(100% - ${share(b)})`;
    said.textContent = `${a.toFixed(2)}–${b.toFixed(2)}`;
    from.style.zIndex = a > (low + high) / 2 ? 2 : 1;
  };
  const moved = (event) => {
    if (Number(from.value) > Number(to.value)) event.target.value = event.target === from ? to.value : from.value;
    show();
    const whole = Number(from.value) <= low && Number(to.value) >= high;
    onChange(whole ? null : [Math.round(from.value * 1e4) / 1e4, Math.round(to.value * 1e4) / 1e4]);
  };
  const keyed = (event) => {
    const way = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 }[event.key];
    if (!way) return;
    event.preventDefault();
    event.stopPropagation();
    event.target.value = clamp(Number(event.target.value) + way * step, low, high);
    moved(event);
  };
  for (const input of [from, to]) {
    input.addEventListener("input", moved);
    input.addEventListener("keydown", keyed);
  }
  show();
  return root;
}

// The bar: label chips, score range, layer chips. facets: {labels: [{name, count, color}], layers, score}.
function filterBar(facets, choice, onChange) {
  const score = facets.score && facets.score[1] > facets.score[0]
    ? rangeSlider({ domain: facets.score, value: choice.score, onChange: (range) => { choice.score = range; onChange(); } }) : null;
  const labels = facets.labels.length
    ? chipGroup({ title: "labels", entries: facets.labels, chosen: choice.labels, onChange }) : null;
  const layers = facets.layers.length > 1
    ? chipGroup({ title: "layers", entries: facets.layers, chosen: choice.layers, onChange }) : null;
  return element("div", { class: "filters" }, labels, layers, score);
}

// Counts by label and layer over what is here, on top of names known to exist elsewhere.
function countFacets(annotationLists, known, colors) {
  const labels = new Map((known.labels ?? []).map((name) => [name, 0]));
  const layers = new Map((known.layers ?? []).map((name) => [name, 0]));
  let [low, high] = known.score ?? [Infinity, -Infinity];
  const add = (map, name) => map.set(name, (map.get(name) ?? 0) + 1);
  for (const one of annotationLists.flat()) {
    for (const label of one.classes ? new Set(Object.values(one.classes)) : [one.label ?? ""]) add(labels, label);
    add(layers, one.layer ?? "");
    if (typeof one.score === "number") [low, high] = [Math.min(low, one.score), Math.max(high, one.score)];
  }
  const score = low <= high ? [low >= 0 && high <= 1 ? 0 : low, low >= 0 && high <= 1 ? 1 : high] : null;
  return {
    labels: [...labels].sort(([a], [b]) => a.localeCompare(b, undefined, { numeric: true })).map(([name, count]) => ({ name, count, color: colors[name] ?? PLAIN })),
    layers: [...layers].map(([name, count]) => ({ name, count })),
    score,
  };
}

// The choice of a component whose data came anew: the server's where that changed, else the one in hand. Streamlit may
// put an address of its own into the bar at a rerun, so the choice is written there again.
function adoptChoice(owner, data) {
  const asked = JSON.stringify([data.choice, data.key]);
  if (asked !== owner.asked) owner.choice = new Choice(data.choice);
  owner.asked = asked;
  if (data.url) setTimeout(() => owner.root.isConnected && writeUrl(owner.choice.toUrl()), 300);
}

// How many items are found, of all there are. Where only a page of them is here, the store has counted for us.
function saidItems(data, found, here, choice) {
  const asked = choice.toUrl();
  const counted = { label: data.choice?.labels ?? [], layer: data.choice?.layers ?? [], score: data.choice?.score ? [...new Choice(data.choice).toUrl().score] : [] };
  const answered = JSON.stringify(asked) === JSON.stringify(counted);
  const aside = data.aside ? ` · ${data.aside}` : "";
  if (!data.partial) return ofAll(found, data.total ?? here, "item") + aside;
  return answered ? `${ofAll(data.found, data.total, "item")} · ${here.toLocaleString("en")} on this page${aside}`
    : `${ofAll(found, here, "item")} on this page · ${plural(data.total, "item")} in all`;
}
