// Objects found anywhere in the runs in view: a bar of filters with counts, then tiles or a table, a page at a time.
// The store answers every question; here is only what has been asked and what came back.

const WAIT_MS = 180;
const ORDERS = [["-score", "highest score"], ["score", "lowest score"], ["-step", "latest step"], ["step", "earliest step"],
  ["-area", "largest"], ["area", "smallest"], ["label", "label"]];
const COLUMNS = [["label", "Label", "label"], ["score", "Score", "score", true], ["layer", "Layer", "layer"], ["run", "Run", "run"],
  ["key", "Key", "key"], ["step", "Step", "step", true], ["sample", "Sample", null], ["size", "Size, px", "area", true], ["text", "Text", null]];

class Finder extends Objects {
  constructor(host) {
    super(host, "found");
    this.bar = new FinderBar(() => this.changed());
    this.tools = element("div", { class: "tools" });
    this.clear = element("button", { class: "link", type: "button", text: "Clear filters", onclick: () => this.cleared() });
    this.root.append(this.bar.node, element("div", { class: "bottom" }, this.said, this.clear, this.tools), this.body);
  }

  get shown() {
    return this.data?.tiles ?? [];
  }

  update(data) {
    if (data.version === this.version) return;
    this.version = data.version;
    this.data = data;
    if (!this.waiting) this.search = structuredClone(data.search);
    this.root.removeAttribute("aria-busy");
    this.bar.show(data.facets, this.search, data.colors);
    this.showTools();
    this.showBody();
    this.say();
  }

  changed(part = 1) {
    this.search.part = part;
    this.root.setAttribute("aria-busy", "true");
    this.clear.hidden = !this.isNarrowed();
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => {
      this.waiting = null;
      writeUrl(searchToUrl(this.search));
      this.send("searched", searchToUrl(this.search));
    }, WAIT_MS);
  }

  cleared() {
    Object.assign(this.search, { labels: [], layers: [], keys: [], runs: [], score: null, steps: null, area: null, aspect: null, text: "" });
    this.bar.show(this.data.facets, this.search, this.data.colors);
    this.changed();
  }

  isNarrowed() {
    const { labels, layers, keys, runs, score, steps, area, aspect, text } = this.search;
    return Boolean(labels.length || layers.length || keys.length || runs.length || score || steps || area || aspect || text);
  }

  say() {
    const { found, total, first, tiles, aside } = this.data;
    const shown = tiles.length ? ` · ${(first + 1).toLocaleString("en")}–${(first + tiles.length).toLocaleString("en")} shown` : "";
    this.said.textContent = `${ofAll(found, total, "annotation")}${shown}${aside ? ` · ${aside}` : ""}`;
    this.clear.hidden = !this.isNarrowed();
  }

  showTools() {
    const { search } = this;
    const order = element("select", { onchange: (event) => { search.sort = event.target.value; this.changed(); } },
      ...this.data.orders.map((name) => ORDERS.find(([id]) => id === name) ?? [name, name.replace(/^-(.*)/, "$1, last first")])
        .map(([id, text]) => element("option", { value: id, text, selected: id === search.sort })));
    const way = (view, name, text) => element("button", { class: "way", type: "button", "aria-pressed": String(search.view === view), "aria-label": text, title: text,
      onclick: () => { search.view = view; writeUrl(searchToUrl(search)); this.showTools(); this.showBody(); } }, icon(name));
    const links = this.data.exports.map(({ name, url, help }) => element("a", { href: url, download: true, title: help, text: name }));
    const save = element("details", { class: "look" }, element("summary", {}, icon("download"), element("span", { text: "Export" })),
      element("div", { class: "drawer" }, element("p", { class: "said", text: `All ${plural(this.data.found, "annotation")} found, not this page alone.` }), ...links));
    this.tools.replaceChildren(element("label", { class: "sort" }, element("span", { text: "sort" }), order),
      element("span", { class: "ways", role: "group", "aria-label": "Show as" }, way("tiles", "grid_view", "Tiles"), way("table", "table_rows", "Table")), save);
  }

  showBody() {
    const { tiles, found, first, page } = this.data;
    if (!tiles.length) {
      this.body.replaceChildren(element("div", { class: "nothing" }, icon("filter_none"), element("p", { text: "Nothing is like this in the runs in view." }),
        element("p", { class: "said", text: "Widen the filters, or tick other runs in the sidebar." })));
      return;
    }
    const asTable = this.search.view === "table";
    const main = asTable ? objectTable(this) : element("div", { class: "grid", role: "list", onkeydown: walkGrid }, ...tiles.map((tile) => objectTile(tile, this)));
    this.body.replaceChildren(main, ...(found > page ? [pager(first / page + 1, Math.ceil(found / page), (part) => this.changed(part))] : []));
    this.paintAll();
  }

  destroy() {
    clearTimeout(this.waiting);
    super.destroy();
  }
}

function searchToUrl(search) {
  const range = (pair) => (pair ? [`${pair[0] ?? ""}..${pair[1] ?? ""}`] : []);
  return { label: search.labels, layer: search.layers, key: search.keys, of: search.runs, score: range(search.score), steps: range(search.steps),
    area: range(search.area), aspect: range(search.aspect), text: search.text ? [search.text] : [], sort: search.sort === "-score" ? [] : [search.sort],
    view: search.view === "tiles" ? [] : [search.view], part: search.part > 1 ? [String(search.part)] : [] };
}

export default mounted((host) => new Finder(host));
