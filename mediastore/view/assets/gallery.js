// The gallery: one mount for a whole grid of items, filtered, sorted and drawn in the browser.

const SORTS = [
  ["logged", "as logged", null],
  ["score", "highest score", (tile, shown) => -Math.max(-Infinity, ...shown.map((one) => one.score ?? -Infinity))],
  ["low", "lowest score", (tile, shown) => Math.min(Infinity, ...shown.map((one) => one.score ?? Infinity))],
  ["count", "most annotations", (tile, shown) => -shown.length],
  ["disagreement", "most disagreement", (tile, shown) => { const share = disagreement(shown); return share === undefined ? undefined : -share; }],
  ["caption", "caption", (tile) => tile.caption ?? ""],
];
const SAME_OBJECT = 0.5;
const TICKS_MOST = 24; // more would make the link too long to send

function overlap(a, b) {
  const side = (at) => Math.max(0, Math.min(a[at + 2], b[at + 2]) - Math.max(a[at], b[at]));
  const area = (box) => (box[2] - box[0]) * (box[3] - box[1]);
  const shared = side(0) * side(1);
  return shared / (area(a) + area(b) - shared || 1);
}

// 1 - F1 of an item, as the store sorts all of them: predictions and truths without a counterpart of their label that
// overlaps by half or more, as a share of all; nothing where there is neither.
function disagreement(shown) {
  const placed = shown.filter((one) => annotationBounds(one));
  const free = new Set(placed.filter((one) => isTruth(one.layer)));
  const truths = free.size;
  let alone = 0;
  for (const one of placed.filter((other) => !isTruth(other.layer)).sort((a, b) => (b.score ?? 1) - (a.score ?? 1))) {
    let best = null;
    for (const truth of free) {
      const share = truth.label === one.label ? overlap(annotationBounds(one), annotationBounds(truth)) : 0;
      if (share >= (best?.share ?? SAME_OBJECT)) best = { truth, share };
    }
    if (best) free.delete(best.truth);
    else alone += 1;
  }
  return truths || alone ? (alone + free.size) / (2 * truths - free.size + alone) : undefined;
}

function compare(a, b) {
  return typeof a === "string" ? a.localeCompare(b, undefined, { numeric: true }) : a - b;
}

class Gallery {
  constructor(host) {
    this.root = element("section", { class: "gallery" });
    host.append(this.root);
    this.look = { size: clamp(Number(readUrl("size")) || 240, 130, 520), sort: readUrl("sort") ?? "logged", rest: readUrl("rest") === "on" };
    this.picks = new Map();
    for (const text of new URL(window.location.href).searchParams.getAll("ticked").slice(0, TICKS_MOST)) this.tickByLink(text);
    this.looks = new Looks();
    this.seen = new Set();
    this.watch = new IntersectionObserver((entries) => entries.forEach((entry) => {
      if (entry.isIntersecting) this.seen.add(entry.target.tile);
      else this.seen.delete(entry.target.tile);
      if (entry.isIntersecting) this.paint(entry.target.tile);
    }), { rootMargin: "200px" });
    this.end = new IntersectionObserver((entries) => entries.some((entry) => entry.isIntersecting) && this.askMore(), { rootMargin: "600px" });
    this.resize = new ResizeObserver(() => this.repaint());
    this.resize.observe(this.root);
  }

  update(data) {
    adoptChoice(this, data);
    if (data.version === this.version) return;
    this.version = data.version;
    this.data = data;
    this.tiles = this.keptTiles(data);
    this.watch.disconnect();
    this.end.disconnect();
    this.seen.clear();
    this.looks.learn(this.tiles.flatMap((tile) => tile.annotations), data);
    const facets = countFacets(this.tiles.map((tile) => tile.annotations), data.known ?? {}, data.colors);
    this.tip = element("div", { class: "tip", role: "tooltip", hidden: true });
    this.said = element("p", { class: "said", role: "status" });
    this.groups = (data.groups ?? [{}]).map((group) => this.buildGroup(group));
    const body = element("div", { class: `groups ${this.look.layout ?? data.layout ?? "rows"}` }, ...this.groups.map((group) => group.node));
    const bar = data.filters ? [filterBar(facets, this.choice, () => this.chosen()), this.buildBottom()] : [];
    this.chosenBar = element("div", { class: "chosen", role: "region", "aria-label": "items that are ticked", hidden: true });
    this.more = element("button", { type: "button", class: "link more", hidden: !data.more, text: data.more ?? "", onclick: () => this.askMore() });
    this.root.replaceChildren(...bar, body, this.more, this.chosenBar, this.tip);
    if (data.more) this.end.observe(this.more);
    this.showPicks();
    this.root.style.setProperty("--groups", this.groups.length);
    this.root.classList.toggle("strip", data.layout === "strip");
    this.apply();
    const current = this.root.querySelector(".strip .current");
    if (current) current.parentElement.scrollLeft = current.offsetLeft - current.parentElement.clientWidth / 2;
  }

  // Tiles that were here before keep their node and their picture: paging and new steps do not make them blink.
  keptTiles(data) {
    const before = new Map((this.tiles ?? []).map((tile) => [tile.text, tile]));
    return data.tiles.map((tile) => {
      const text = JSON.stringify(tile);
      return before.get(text) ?? { ...tile, text, annotations: tile.annotations ?? [] };
    });
  }

  askMore() {
    if (!this.data.more || this.asking === this.version) return;
    this.asking = this.version;
    this.send("more", this.data.parts + 1);
  }

  buildGroup(group) {
    const tiles = this.tiles.filter((tile) => (tile.group ?? 0) === (group.id ?? 0));
    const grid = element("div", { class: "grid", role: "list", onkeydown: walkGrid });
    const title = group.title ? element("h3", {}, group.color ? element("span", { class: "dot", style: { background: group.color } }) : null,
      element("span", { text: group.title }), element("small", { text: group.note ?? "" })) : null;
    for (const tile of tiles) {
      tile.node ??= buildTile(tile, this);
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
    return element("div", { class: "bottom" }, this.said, clear, this.data.bare ? null : buildDrawer(this));
  }

  arrange(layout) {
    this.look.layout = layout;
    this.root.querySelector(".groups").className = `groups ${layout}`;
    writeUrl({ layout: layout === "rows" ? [] : [layout] });
    this.apply();
  }

  // A sort of more items than are here is the store's to make.
  sorted(name) {
    this.look.sort = name;
    this.apply();
    this.kept();
    if (this.data.partial) this.send("sorted", name);
  }

  kept() {
    if (!this.data.url) return;
    const { size, sort, rest } = this.look;
    writeUrl({ ...this.looks.toUrl(), size: size === 240 ? [] : [Math.round(size)], sort: sort === "logged" ? [] : [sort], rest: rest ? ["on"] : [] });
  }

  pick(tile, on) {
    const id = JSON.stringify(tile.id);
    if (on) this.picks.set(id, tile);
    else this.picks.delete(id);
    this.showPicks();
    this.keepTicks();
  }

  // project/run/step/index/key: names hold no slash, a key may.
  tickByLink(text) {
    const [project, run, step, index, ...key] = text.split("/");
    if (!key.length || !/^\d+$/.test(step) || !/^\d+$/.test(index)) return;
    const id = [project, run, key.join("/"), Number(step), Number(index)];
    this.picks.set(JSON.stringify(id), { id });
  }

  keepTicks() {
    const few = this.picks.size <= TICKS_MOST ? [...this.picks.values()] : [];
    if (this.data.url) writeUrl({ ticked: few.map(({ id: [project, run, key, step, index] }) => [project, run, step, index, key].join("/")) });
  }

  // The bar of what is ticked: compare, pin, download.
  showPicks() {
    const ids = [...this.picks.keys()];
    const places = new Set([...this.picks.values()].map((tile) => JSON.stringify(tile.id.slice(0, 2).concat(tile.id[3]))));
    const act = (name, sign, text, off) => element("button", { type: "button", class: "chip", disabled: Boolean(off), title: off || text,
      onclick: () => this.send(name, { items: ids.map((id) => JSON.parse(id)), now: Date.now() }) }, icon(sign), element("span", { text }));
    const zip = ids.length > this.data.zip_most ? element("span", { class: "said", text: `at most ${this.data.zip_most} to download at once` })
      : element("a", { class: "chip", href: `${this.data.zip}?${ids.map((id) => `item=${encodeURIComponent(id)}`).join("&")}`, download: "" }, icon("download"), element("span", { text: "Download" }));
    const clear = element("button", { type: "button", class: "link", text: "Clear", onclick: () => {
      for (const tile of this.tiles) if (tile.tick) tile.tick.checked = false;
      this.picks.clear();
      this.showPicks();
      this.keepTicks();
    } });
    this.chosenBar.hidden = !ids.length || !this.data.zip;
    this.chosenBar.replaceChildren(element("span", { role: "status", text: `${plural(ids.length, "item")} ticked${ids.length > TICKS_MOST ? ", too many for the link" : ""}` }),
      act("compared", "compare", "Compare", places.size > 4 ? "at most four runs and steps are compared at once" : ""), this.data.pins ? act("pinned", "keep", "Pin") : "", zip, clear);
  }

  painted() {
    this.kept();
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

  // Where not all items are here the store has sorted all of them by disagreement, over every label.
  sortOf(name) {
    if (name === "disagreement" && this.data.partial) return null;
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
    let lead = null;
    for (const { tiles, grid } of this.groups) {
      const kept = tiles.filter((tile) => tile.found || this.look.rest);
      const keys = by ? new Map(kept.map((tile) => [tile, by(tile, tile.shown)])) : null;
      if (by) kept.sort((a, b) => Number(keys.get(a) === undefined) - Number(keys.get(b) === undefined) || compare(keys.get(a), keys.get(b)));
      for (const tile of kept) tile.gap = 0;
      if (this.data.aligned && this.isBeside) lead = lead ? this.align(kept, lead) : kept.map((tile) => tile.sample);
      grid.replaceChildren(...kept.flatMap((tile) => [...Array(tile.gap ?? 0)].map(() => element("div", { class: "tile hole" })).concat(tile.node)));
      for (const tile of kept) tile.node.classList.toggle("rest", !tile.found);
    }
    this.root.style.setProperty("--tile", `${this.look.size}px`);
    this.say(items, annotations, all);
    this.repaint();
  }

  get isBeside() {
    return (this.look.layout ?? this.data.layout) === "columns";
  }

  // Side by side, a sample stands in the same row of every column: as the first column has them, gaps where one lacks it.
  align(kept, lead) {
    const place = new Map(lead.map((sample, at) => [sample, at]));
    const at = (tile) => place.get(tile.sample) ?? Infinity;
    kept.sort((a, b) => (at(a) === at(b) ? 0 : at(a) - at(b)));
    let next = 0;
    for (const tile of kept) {
      tile.gap = Number.isFinite(at(tile)) ? Math.max(0, at(tile) - next) : 0;
      next = Number.isFinite(at(tile)) ? at(tile) + 1 : next + 1;
    }
    return lead;
  }

  say(items, annotations, all) {
    const here = this.data.partial && this.look.sort === "disagreement" && this.choice.labels.size ? " · sorted by the disagreement of all labels" : "";
    this.said.textContent = `${saidItems(this.data, items, this.tiles.length, this.choice)} · ${ofAll(annotations, all, "annotation")}${here}`;
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
    this.end.disconnect();
    this.resize.disconnect();
    clearTimeout(this.waiting);
  }
}

export default mounted((host) => new Gallery(host));
