// What is right and wrong as numbers that open their objects: matrices and bars made of buttons.

class Verdicts {
  constructor(host) {
    this.root = element("section", { class: "verdicts" });
    host.append(this.root);
    this.asShares = false;
  }

  update(data) {
    if (data.version === this.version) return;
    this.version = data.version;
    this.data = data;
    this.draw();
  }

  draw() {
    const focused = this.root.getRootNode().activeElement?.dataset?.pick;
    this.root.replaceChildren(...this.data.blocks.map((block) => (block.kind === "matrix" ? this.matrix(block) : this.bars(block))));
    if (focused) [...this.root.querySelectorAll("[data-pick]")].find((node) => node.dataset.pick === focused)?.focus();
  }

  pick(pick) {
    this.data.picked = this.data.picked === pick ? "" : pick;
    const asked = { pick: this.data.picked ? [this.data.picked] : [], part: [] };
    writeUrl(asked);
    this.draw();
    this.send("picked", asked);
  }

  button(props, ...children) {
    return element("button", { type: "button", "data-pick": props.pick, "aria-pressed": String(this.data.picked === props.pick),
      "aria-label": props.said, title: props.said, class: props.class, style: props.style, onclick: () => this.pick(props.pick) }, ...children);
  }

  heading(block, ...tools) {
    return element("div", { class: "heading" }, element("h3", { text: block.title }), ...tools);
  }

  matrix(block) {
    const toggle = block.shares ? element("button", { type: "button", class: "link", text: this.asShares ? "show counts" : "show shares",
      onclick: () => { this.asShares = !this.asShares; this.draw(); } }) : null;
    const cells = new Map(block.cells.map((cell) => [`${cell.row} ${cell.column}`, cell]));
    const head = element("tr", {}, element("td", { class: "corner", text: block.corner ?? "" }),
      ...block.columns.map((name) => element("th", { scope: "col" }, element("span", { text: name, title: name }))));
    const rows = block.rows.map((name, row) => element("tr", {}, element("th", { scope: "row" }, element("span", { text: name, title: name })),
      ...block.columns.map((_, column) => this.cell(block, cells.get(`${row} ${column}`)))));
    return element("div", { class: "block matrix" }, this.heading(block, toggle),
      element("div", { class: "scroller", tabindex: "0", role: "region", "aria-label": block.title }, element("table", {}, element("thead", {}, head), element("tbody", {}, ...rows))),
      block.note ? element("p", { class: "note", text: block.note }) : null);
  }

  cell(block, cell) {
    if (!cell) return element("td", { class: "none" });
    const text = this.asShares && typeof cell.share === "number" ? `${Math.round(cell.share * 100)} %` : cell.count.toLocaleString("en");
    const strength = `${Math.round(10 + 50 * (cell.weight ?? cell.share ?? 0))}%`;
    return element("td", {}, this.button({ pick: cell.pick, said: cell.said, class: `cell ${cell.tone}`, style: { "--strength": strength } },
      element("b", { text }), cell.name ? element("span", { text: cell.name }) : null));
  }

  bars(block) {
    const most = Math.max(1, ...block.bars.map((bar) => bar.count));
    const rows = block.bars.map((bar) => element("li", {}, this.button({ pick: bar.pick, said: bar.said, class: `bar ${bar.tone ?? "wrong"}` },
      element("span", { class: "name", text: bar.name }),
      element("span", { class: "length" }, element("i", { style: { width: `${(bar.count / most) * 100}%` } })),
      element("span", { class: "count", text: bar.count.toLocaleString("en") }),
      element("span", { class: "cost", text: bar.cost ?? "" }))));
    return element("div", { class: "block bars" }, this.heading(block, block.cost ? element("span", { class: "word", text: block.cost }) : null),
      element("ul", {}, ...rows), block.note ? element("p", { class: "note", text: block.note }) : null);
  }

  destroy() {
    this.root.remove();
  }
}

export default mounted((host) => new Verdicts(host));
