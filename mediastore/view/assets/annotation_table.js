// The annotations of a picture as rows beside it: sorted by a heading, a row and its box point at each other.

const ROWS_FIRST = 200;

function areaOf(one) {
  if (one.rle) return rleBitmap(one.rle).area;
  const bounds = annotationBounds(one);
  if (!bounds) return null;
  if (one.type !== "polygon") return (bounds[2] - bounds[0]) * (bounds[3] - bounds[1]);
  const next = (at) => one.points[(at + 1) % one.points.length];
  return Math.abs(one.points.reduce((sum, [x, y], at) => sum + x * next(at)[1] - next(at)[0] * y, 0)) / 2;
}

const TABLE_COLUMNS = [
  ["label", (one) => (one.classes ? Object.values(one.classes).join(", ") : one.label ?? one.track ?? "")],
  ["score", (one) => one.score, (value) => value.toFixed(3)],
  ["layer", (one) => one.layer ?? ""],
  ["type", (one) => one.type],
  ["area", areaOf, (value) => Math.round(value).toLocaleString("en")],
  ["track", (one) => one.track],
  ["frame", (one) => one.frame],
  ["text", (one) => one.text],
];

class AnnotationTable {
  // owner: {data, pointed(annotation), picked(annotation)}
  constructor(owner) {
    this.owner = owner;
    this.sort = ["score", -1];
    this.limit = ROWS_FIRST;
    this.body = element("tbody");
    this.head = element("tr");
    this.more = element("button", { type: "button", class: "link", onclick: () => { this.limit = Infinity; this.draw(); } });
    this.node = element("div", { class: "table", tabindex: "0", role: "region", "aria-label": "annotations" },
      element("table", {}, element("thead", {}, this.head), this.body), this.more);
  }

  show(annotations) {
    this.annotations = annotations;
    this.draw();
  }

  draw() {
    const has = (read) => this.annotations.some((one) => !["", null, undefined].includes(read(one)));
    const columns = TABLE_COLUMNS.filter(([name, read]) => (name === "layer" || name === "type" ? new Set(this.annotations.map(read)).size > 1 : has(read)));
    const [by, way] = this.sort;
    const read = TABLE_COLUMNS.find(([name]) => name === by)[1];
    const order = [...this.annotations].sort((a, b) => {
      const [left, right] = [read(a), read(b)];
      const [noLeft, noRight] = [left === undefined || left === null, right === undefined || right === null];
      if (noLeft || noRight) return noLeft - noRight;
      return way * (typeof left === "string" ? left.localeCompare(right, undefined, { numeric: true }) : left - right);
    });
    this.head.replaceChildren(...columns.map(([name]) => this.heading(name)));
    const shown = order.slice(0, this.limit);
    this.rows = new Map(shown.map((one) => [one, this.row(one, columns)]));
    this.body.replaceChildren(...this.rows.values());
    this.more.hidden = shown.length === order.length;
    this.more.textContent = `${ofAll(shown.length, order.length, "row")}: show all`;
    this.mark(this.owner.chosen);
  }

  heading(name) {
    const [by, way] = this.sort;
    const sorted = by === name ? { [-1]: "descending", 1: "ascending" }[way] : "none";
    return element("th", { "aria-sort": sorted, scope: "col" }, element("button", { type: "button", text: name, onclick: () => {
      this.sort = [name, by === name ? -way : name === "score" || name === "area" ? -1 : 1];
      this.draw();
    } }));
  }

  row(one, columns) {
    const color = annotationColor(one, this.owner.colors);
    const cells = columns.map(([name, read, say]) => {
      const value = read(one);
      const text = value === undefined || value === null ? "" : say ? say(value) : String(value);
      const dot = name === "label" ? element("span", { class: "dot", style: { background: color } }) : null;
      return element("td", { class: say ? "number" : name, title: text }, dot, element("span", { text }));
    });
    return element("tr", { tabindex: "0", onclick: () => this.owner.picked(one), onpointerenter: () => this.owner.pointed(one),
      onpointerleave: () => this.owner.pointed(null), onkeydown: (event) => this.keyed(event, one) }, ...cells);
  }

  keyed(event, one) {
    const to = { ArrowDown: "nextElementSibling", ArrowUp: "previousElementSibling" }[event.key];
    if (to) event.currentTarget[to]?.focus();
    else if (event.key === "Enter" || event.key === " ") this.owner.picked(one);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  // chosen keeps its mark until another is; hovered is what the pointer is over.
  mark(chosen, hovered = null) {
    for (const [one, row] of this.rows ?? []) {
      row.classList.toggle("chosen", one === chosen);
      row.classList.toggle("hovered", one === hovered);
      row.setAttribute("aria-selected", String(one === chosen));
    }
  }

  reveal(one) {
    const row = this.rows.get(one);
    if (!row && this.annotations.includes(one)) {
      this.limit = Infinity;
      this.draw();
    }
    const found = this.rows.get(one);
    if (found) this.node.scrollTop = found.offsetTop - this.node.clientHeight / 2;
  }
}
