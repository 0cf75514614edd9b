// How annotations are painted: what gives them their colour, how full masks and layers are, whether names stand beside.

const COLOR_BY = ["label", "layer", "score", "track"];
const CHANGE_COLORS = { appeared: "#3cb4a5", gone: "#c32d69", relabelled: "#b478ff", moved: "#c3a500", "score up": "#69a5c3", "score down": "#d29678",
  same: PLAIN, fixed: "#0f7869", broken: "#c32d69", "still right": PLAIN, "still wrong": "#b46900" };

class Looks {
  // first is what gives the colour where the link asks for nothing else.
  constructor(first = "label") {
    const by = readUrl("by");
    this.first = first;
    this.choices = [...new Set([first, ...COLOR_BY])];
    const fill = Number(readUrl("fill") ?? NaN);
    this.by = this.choices.includes(by) ? by : first;
    this.opacity = fill >= 0 && fill <= 1 ? fill : 0.45;
    this.names = readUrl("names") !== "off";
    this.faint = new Map(new URL(window.location.href).searchParams.getAll("faint").map((text) => {
      const at = text.lastIndexOf("@");
      return [text.slice(0, at), clamp(Number(text.slice(at + 1)) || 0, 0, 1)];
    }));
  }

  toUrl() {
    return { by: this.by === this.first ? [] : [this.by], fill: this.opacity === 0.45 ? [] : [formatNumber(this.opacity)],
      names: this.names ? [] : ["off"], faint: [...this.faint].filter(([, share]) => share < 1).map(([layer, share]) => `${layer}@${formatNumber(share)}`) };
  }

  // Takes the annotations that are in hand, so that a layer or track has the same colour on every tile.
  learn(annotations, data) {
    const distinct = (name) => [...new Set(annotations.map((one) => one[name]).filter((value) => value !== undefined && value !== null))].map(String).sort();
    const palette = data.palette ?? Object.values(data.colors);
    const colored = (names) => new Map(names.map((name, at) => [name, palette[at % palette.length] ?? PLAIN]));
    this.labels = data.colors;
    this.layers = colored(distinct("layer"));
    this.tracks = colored(distinct("track"));
    const scores = annotations.map((one) => one.score).filter((score) => typeof score === "number");
    const [low, high] = scores.reduce(([a, b], score) => [Math.min(a, score), Math.max(b, score)], [0, 1]);
    this.scale = (score) => scoreColor((score - low) / (high - low));
  }

  get colors() {
    if (this.by === "change") return (one) => CHANGE_COLORS[one.change] ?? PLAIN;
    if (this.by === "layer") return (one) => this.layers.get(String(one.layer)) ?? PLAIN;
    if (this.by === "track") return (one) => this.tracks.get(String(one.track)) ?? PLAIN;
    if (this.by === "score") return (one) => (typeof one.score === "number" ? this.scale(one.score) : PLAIN);
    return this.labels;
  }

  get options() {
    return { colors: this.colors, opacity: this.opacity, names: this.names, alphaOf: (one) => this.faint.get(one.layer ?? "") ?? 1 };
  }

  // The controls of a drawer; onChange is told after each of them.
  controls(onChange) {
    const put = (name) => (value) => {
      this[name] = value;
      onChange();
    };
    const layers = [...this.layers.keys()].map((layer) => slider(`layer ${layer}`, this.faint.get(layer) ?? 1, 0, 1, (share) => {
      this.faint.set(layer, share);
      onChange();
    }));
    return [choose("colour by", this.choices, this.by, put("by")), slider("mask fill", this.opacity, 0, 1, put("opacity")), ...layers,
      tick("names on pictures", this.names, put("names"))];
  }
}

function scoreColor(share) {
  const stops = COLOR_MAPS.viridis.map(parseColor);
  const place = clamp(share, 0, 1) * (stops.length - 1);
  const [from, to] = [stops[Math.floor(place)], stops[Math.ceil(place)]];
  return `#${from.map((part, at) => Math.round(part + (to[at] - part) * (place % 1)).toString(16).padStart(2, "0")).join("")}`;
}

function slider(name, value, low, high, onInput) {
  const input = element("input", { type: "range", min: low, max: high, step: "any", value, oninput: (event) => onInput(Number(event.target.value)) });
  return element("label", { class: "row" }, element("span", { text: name }), input);
}

function tick(name, checked, onChange) {
  const input = element("input", { type: "checkbox", checked, onchange: (event) => onChange(event.target.checked) });
  return element("label", { class: "row" }, element("span", { text: name }), input);
}

function choose(name, choices, chosen, onChange) {
  const options = choices.map((one) => element("option", { value: one, text: one, selected: one === chosen }));
  return element("label", { class: "row" }, element("span", { text: name }), element("select", { onchange: (event) => onChange(event.target.value) }, ...options));
}

function drawer(title, sign, ...rows) {
  return element("details", { class: "look" }, element("summary", {}, icon(sign), element("span", { text: title })), element("div", { class: "drawer" }, ...rows));
}
