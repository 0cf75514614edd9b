// The gallery: one mount for a whole grid of items, filtered, sorted and drawn in the browser.

const SORTS = [
  ["logged", "as logged", null],
  ["score", "highest score", (tile, shown) => -Math.max(-Infinity, ...shown.map((one) => one.score ?? -Infinity))],
  ["low", "lowest score", (tile, shown) => Math.min(Infinity, ...shown.map((one) => one.score ?? Infinity))],
  ["count", "most annotations", (tile, shown) => -shown.length],
  ["caption", "caption", (tile) => tile.caption ?? ""],
];

function compare(a, b) {
  return typeof a === "string" ? a.localeCompare(b, undefined, { numeric: true }) : a - b;
}

class Gallery {
  constructor(host) {
    this.root = element("section", { class: "gallery" });
    host.append(this.root);
    this.look = { size: 240, sort: "logged", rest: false };
    this.looks = new Looks();
    this.seen = new Set();
    this.watch = new IntersectionObserver((entries) => entries.forEach((entry) => {
      if (entry.isIntersecting) this.seen.add(entry.target.tile);
      else this.seen.delete(entry.target.tile);
      if (entry.isIntersecting) this.paint(entry.target.tile);
    }), { rootMargin: "200px" });
    this.resize = new ResizeObserver(() => this.repaint());
    this.resize.observe(this.root);
  }

  update(data) {
    adoptChoice(this, data);
    if (data.version === this.version) return;
    this.version = data.version;
    this.data = data;
    this.tiles = data.tiles.map((tile) => ({ ...tile, annotations: tile.annotations ?? [] }));
    this.watch.disconnect();
    this.seen.clear();
    this.looks.learn(this.tiles.flatMap((tile) => tile.annotations), data);
    const facets = countFacets(this.tiles.map((tile) => tile.annotations), data.known ?? {}, data.colors);
    this.tip = element("div", { class: "tip", role: "tooltip", hidden: true });
    this.said = element("p", { class: "said", role: "status" });
    this.groups = (data.groups ?? [{}]).map((group) => this.buildGroup(group));
    const body = element("div", { class: `groups ${this.look.layout ?? data.layout ?? "rows"}` }, ...this.groups.map((group) => group.node));
    const bar = data.filters ? [filterBar(facets, this.choice, () => this.chosen()), this.buildBottom()] : [];
    this.root.replaceChildren(...bar, body, this.tip);
    this.root.style.setProperty("--groups", this.groups.length);
    this.root.classList.toggle("strip", data.layout === "strip");
    this.apply();
    const current = this.root.querySelector(".strip .current");
    if (current) current.parentElement.scrollLeft = current.offsetLeft - current.parentElement.clientWidth / 2;
  }

  buildGroup(group) {
    const tiles = this.tiles.filter((tile) => (tile.group ?? 0) === (group.id ?? 0));
    const grid = element("div", { class: "grid", role: "list", onkeydown: walkGrid });
    const title = group.title ? element("h3", {}, group.color ? element("span", { class: "dot", style: { background: group.color } }) : null,
      element("span", { text: group.title }), element("small", { text: group.note ?? "" })) : null;
    for (const tile of tiles) {
      tile.node = buildTile(tile, this);
      if (tile.canvas) this.watch.observe(tile.node);
    }
    return { tiles, grid, node: element("div", { class: "group" }, title, grid, group.empty ? element("p", { class: "none", text: group.empty }) : null) };
  }

  buildBottom() {
    const clear = element("button", { class: "link", type: "button", text: "Clear filters", onclick: () => {
      this.choice = new Choice();
      this.version = null;
      this.asked = JSON.stringify([this.data.choice, this.data.key]);
      this.update(this.data);
      this.chosen();
    } });
    this.clear = clear;
    return element("div", { class: "bottom" }, this.said, clear, buildDrawer(this));
  }

  arrange(layout) {
    this.look.layout = layout;
    this.root.querySelector(".groups").className = `groups ${layout}`;
    writeUrl({ layout: layout === "rows" ? [] : [layout] });
    this.repaint();
  }

  painted() {
    writeUrl(this.looks.toUrl());
    this.repaint();
  }

  chosen() {
    this.apply();
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => {
      if (this.data.url) writeUrl(this.choice.toUrl());
      if (this.data.partial) this.send("narrowed", this.choice.toUrl());
    }, 350);
  }

  sortOf(name) {
    const plain = SORTS.find(([id]) => id === name);
    if (plain) return plain[2];
    return (tile) => tile.values?.[name.slice(2)] * (name.startsWith("-:") ? -1 : 1);
  }

  apply() {
    const by = this.sortOf(this.look.sort);
    let [items, annotations, all] = [0, 0, 0];
    for (const tile of this.tiles) {
      tile.shown = tile.annotations.filter(this.choice.shows);
      tile.found = this.choice.finds(tile.annotations);
      items += tile.found;
      annotations += tile.shown.length;
      all += tile.annotations.length;
    }
    for (const { tiles, grid } of this.groups) {
      const kept = tiles.filter((tile) => tile.found || this.look.rest);
      const keys = by ? new Map(kept.map((tile) => [tile, by(tile, tile.shown)])) : null;
      if (by) kept.sort((a, b) => Number(keys.get(a) === undefined) - Number(keys.get(b) === undefined) || compare(keys.get(a), keys.get(b)));
      grid.replaceChildren(...kept.map((tile) => tile.node));
      for (const tile of kept) tile.node.classList.toggle("rest", !tile.found);
    }
    this.root.style.setProperty("--tile", `${this.look.size}px`);
    this.say(items, annotations, all);
    this.repaint();
  }

  say(items, annotations, all) {
    this.said.textContent = `${saidItems(this.data, items, this.tiles.length, this.choice)} · ${ofAll(annotations, all, "annotation")}`;
    if (this.clear) this.clear.hidden = !this.choice.active;
    const tabbed = this.tiles.find((tile) => tile.node.isConnected);
    for (const tile of this.tiles) tile.node.firstChild.tabIndex = tile === tabbed ? 0 : -1;
  }

  repaint() {
    cancelAnimationFrame(this.frame);
    this.frame = requestAnimationFrame(() => this.seen.forEach((tile) => this.paint(tile)));
  }

  paint(tile, hover = null) {
    if (!tile.canvas || !tile.node.isConnected) return;
    const { options } = this.looks;
    paintOverlay(tile.canvas, tile, { ...options, visible: this.choice.shows, showsLabel: this.choice.showsLabel,
      names: options.names && this.data.layout !== "strip", hover, onReady: () => this.paint(tile) });
  }

  hover(tile, event) {
    const { left, top, width, height } = tile.canvas.getBoundingClientRect();
    const { scale, dx, dy } = fitInto(width, height, tile);
    const found = annotationAt(tile, (event.clientX - left - dx) / scale, (event.clientY - top - dy) / scale, this.choice.shows, 3);
    if (found?.annotation !== tile.hovered) this.paint(tile, found?.annotation);
    tile.hovered = found?.annotation;
    this.tip.hidden = !found;
    if (!found) return;
    const outer = this.root.getBoundingClientRect();
    const score = typeof found.annotation.score === "number" ? `  ${found.annotation.score.toFixed(3)}` : "";
    this.tip.textContent = `${found.label ?? "no label"}${score} · ${found.annotation.layer ?? ""}`;
    this.tip.style.left = `${clamp(event.clientX - outer.left + 12, 0, outer.width - this.tip.offsetWidth)}px`;
    this.tip.style.top = `${event.clientY - outer.top + 14}px`;
  }

  leave(tile) {
    this.tip.hidden = true;
    if (tile.hovered) this.paint(tile);
    tile.hovered = undefined;
  }

  destroy() {
    this.watch.disconnect();
    this.resize.disconnect();
    clearTimeout(this.waiting);
  }
}

export default mounted((host) => new Gallery(host));
