// One object as a tile or as a row: the part of its picture around it, with its own outline drawn over.

function paintObject(tile, colors) {
  if (!tile.canvas?.isConnected || !tile.w) return;
  const [x0, y0, x1, y1] = tile.window ?? [0, 0, tile.w, tile.h];
  const { clientWidth, clientHeight } = tile.canvas;
  const { scale, dx, dy } = fitInto(clientWidth, clientHeight, { w: x1 - x0, h: y1 - y0 });
  paintOverlay(tile.canvas, { w: tile.w, h: tile.h, annotations: [...(tile.others ?? []), tile.annotation] }, { colors, visible: () => true, names: false,
    opacity: 0.35, transform: { scale, dx: dx - x0 * scale, dy: dy - y0 * scale }, onReady: () => paintObject(tile, colors) });
}

function objectPicture(tile) {
  if (!tile.src) return element("span", { class: "card" }, icon(tile.problem ? "warning" : "draft"), element("span", { text: tile.problem ?? tile.kind ?? "" }));
  const picture = element("img", { src: tile.src, alt: "", loading: "lazy", decoding: "async", onerror: (event) =>
    event.target.replaceWith(element("span", { class: "card" }, icon("broken_image"), element("span", { text: "The picture could not be loaded." }))) });
  if (!tile.w) return picture;
  tile.canvas = element("canvas", { "aria-hidden": "true" });
  return element("span", { class: "picture" }, picture, tile.canvas);
}

function objectName(tile, colors) {
  return element("span", { class: "name" }, element("span", { class: "dot", style: { background: annotationColor(tile.annotation, colors) } }),
    element("b", { text: tile.label || "no label", title: tile.label }));
}

function scored(value) {
  return typeof value === "number" ? (value >= 0 && value <= 1 ? value.toFixed(3) : formatNumber(value)) : "";
}

function objectLink(tile, finder, props, ...children) {
  const said = [tile.label || "no label", tile.score === null ? "" : `score ${scored(tile.score)}`, tile.layer, tile.where].filter(Boolean).join(", ");
  return element("a", { href: tile.href, draggable: "false", "aria-label": said, onclick: (event) => finder.open(event, tile), ...props }, ...children);
}

function objectTile(tile, finder) {
  const link = objectLink(tile, finder, {}, element("span", { class: "frame" }, objectPicture(tile)),
    element("span", { class: "line" }, objectName(tile, finder.data.colors), element("span", { class: "score", text: scored(tile.score) })),
    element("span", { class: "where", text: tile.where, title: tile.where }), tile.text ? element("span", { class: "where", text: tile.text, title: tile.text }) : null);
  return element("div", { class: "tile", role: "listitem" }, link);
}

function objectTable(finder) {
  const { search } = finder;
  const head = COLUMNS.map(([, title, sort, isNumber]) => {
    const able = sort && finder.data.orders.includes(sort) && finder.data.orders.includes(`-${sort}`);
    const now = able && search.sort.replace("-", "") === sort ? (search.sort.startsWith("-") ? "descending" : "ascending") : null;
    const turn = () => { search.sort = now === "descending" ? sort : `-${sort}`; finder.changed(); };
    return element("th", { scope: "col", "aria-sort": now, class: isNumber ? "number" : null },
      able ? element("button", { type: "button", class: "turn", onclick: turn }, element("span", { text: title }), now ? icon(now === "ascending" ? "arrow_upward" : "arrow_downward") : null)
        : title);
  });
  const rows = finder.data.tiles.map((tile) => element("tr", { onclick: (event) => event.target.closest("a") ?? finder.send("opened", tile.id) },
    element("td", { class: "shot" }, objectLink(tile, finder, {}, element("span", { class: "frame" }, objectPicture(tile)))),
    ...COLUMNS.map(([name, , , isNumber]) => element("td", { class: isNumber ? "number" : null }, ...(name === "label" ? [objectName(tile, finder.data.colors)]
      : [element("span", { class: "cell", text: name === "score" ? scored(tile.score) : (tile[name] ?? "") , title: String(tile[name] ?? "") })])))));
  return element("div", { class: "scroller", tabindex: "0", role: "region", "aria-label": "Annotations" },
    element("table", {}, element("thead", {}, element("tr", {}, element("th", { scope: "col" }, element("span", { class: "unseen", text: "Picture" })), ...head)), element("tbody", {}, ...rows)));
}

function pager(part, parts, go) {
  const turn = (text, to) => element("button", { type: "button", class: "link", text, disabled: to < 1 || to > parts, onclick: () => go(to) });
  const typed = element("input", { type: "number", min: 1, max: parts, value: part, "aria-label": "Page", onchange: (event) => go(clamp(Math.round(Number(event.target.value)) || 1, 1, parts)) });
  return element("nav", { class: "pager", "aria-label": "Pages" }, turn("Previous", part - 1), element("label", {}, typed,
    element("span", { class: "said", text: `of ${parts.toLocaleString("en")} pages` })), turn("Next", part + 1));
}

// What a list of objects is made of, and what its objects do. A child has `shown`, the tiles that are there now.
class Objects {
  constructor(host, sort) {
    this.root = element("section", { class: `gallery finder ${sort}` });
    this.said = element("p", { class: "said", role: "status" });
    this.body = element("div", { class: "body" });
    host.append(this.root);
    this.resize = new ResizeObserver(() => this.paintAll());
    this.resize.observe(this.root);
  }

  open(event, tile) {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button) return;
    event.preventDefault();
    this.send("opened", tile.id);
  }

  paintAll() {
    cancelAnimationFrame(this.frame);
    this.frame = requestAnimationFrame(() => this.shown.forEach((tile) => paintObject(tile, this.data.colors)));
  }

  destroy() {
    this.resize.disconnect();
  }
}
