// Objects behind a number: crops, alone or as pairs of before and after, a page at a time.

class Judged extends Objects {
  constructor(host) {
    super(host, "judged");
    this.root.append(this.said, this.body);
  }

  get shown() {
    return (this.data?.groups ?? []).flatMap((group) => group.tiles);
  }

  update(data) {
    if (data.version === this.version) return;
    this.version = data.version;
    this.data = data;
    this.root.removeAttribute("aria-busy");
    const first = (data.part - 1) * data.page;
    const shown = data.groups.length ? ` · ${(first + 1).toLocaleString("en")}–${(first + data.groups.length).toLocaleString("en")} shown` : "";
    this.said.textContent = `${plural(data.found, data.noun)}${shown}`;
    const pairs = data.groups.some((group) => group.tiles.length > 1);
    const grid = element("div", { class: pairs ? "grid pairs" : "grid", role: "list", onkeydown: walkGrid }, ...data.groups.map((group) => this.group(group)));
    this.body.replaceChildren(grid, ...(data.found > data.page ? [pager(data.part, Math.ceil(data.found / data.page), (part) => this.turn(part))] : []));
    this.paintAll();
  }

  group(group) {
    if (group.tiles.length === 1) return this.tile(group.tiles[0]);
    return element("div", { class: "pair", role: "listitem" }, element("p", { class: "title", text: group.title, title: group.title }),
      element("div", { class: "sides", role: "list" }, ...group.tiles.map((tile) => this.tile(tile))));
  }

  tile(tile) {
    const node = objectTile(tile, this);
    if (tile.note) node.append(element("span", { class: "where note", text: tile.note, title: tile.note }));
    return node;
  }

  turn(part) {
    const asked = { part: part > 1 ? [String(part)] : [] };
    this.root.setAttribute("aria-busy", "true");
    writeUrl(asked);
    this.send("turned", asked);
  }
}

export default mounted((host) => new Judged(host));
