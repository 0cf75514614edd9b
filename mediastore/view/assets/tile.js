// One tile of the gallery and the drawer that says how tiles look.

const KIND_ICONS = { audio: "graphic_eq", video: "movie", table: "table_chart", html: "code", plotly: "show_chart",
  histogram: "bar_chart", object3d: "view_in_ar", text: "notes", image: "image" };

function buildPicture(tile, gallery) {
  if (tile.problem) return element("span", { class: "card" }, icon("warning"), element("span", { text: tile.problem }));
  if (!tile.src) return element("span", { class: "card quiet" }, icon(KIND_ICONS[tile.kind] ?? "draft"), element("span", { text: tile.kind }));
  const picture = element("img", { src: tile.src, alt: tile.caption ?? "", loading: "lazy", decoding: "async", onerror: (event) =>
    event.target.replaceWith(element("span", { class: "card" }, icon("broken_image"), element("span", { text: "The preview could not be loaded." }))) });
  if (!tile.w || tile.kind === "audio") return picture;
  tile.canvas = element("canvas", { "aria-hidden": "true" });
  const badge = tile.kind === "video" ? element("span", { class: "badge" }, icon("play_arrow")) : null;
  return element("span", { class: "picture", onpointermove: (event) => gallery.hover(tile, event), onpointerleave: () => gallery.leave(tile) },
    picture, tile.canvas, badge);
}

function buildTile(tile, gallery) {
  const facts = Object.entries(tile.values ?? {}).map(([name, value]) =>
    element("span", { class: "fact" }, element("span", { text: name }), element("b", { text: formatNumber(value) })));
  const shape = tile.w && tile.h ? clamp(tile.w / tile.h, 0.6, 2.4) : 4 / 3;
  const open = (event) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button) return;
    event.preventDefault();
    gallery.send("opened", tile.id);
  };
  const link = element("a", { href: tile.href, draggable: "false", onclick: open, "aria-current": tile.current ? "true" : null,
    "aria-label": [tile.caption, tile.where, tile.problem, plural(tile.annotations.length, "annotation")].filter(Boolean).join(", ") },
    element("span", { class: "frame", style: { "aspect-ratio": String(shape) } }, buildPicture(tile, gallery)),
    tile.caption ? element("span", { class: "caption", text: tile.caption, title: tile.caption }) : null,
    element("span", { class: "where" }, element("span", { text: tile.where ?? "" }), ...facts));
  tile.tick = gallery.data.zip ? element("input", { type: "checkbox", class: "pick", "aria-label": `tick ${tile.caption ?? tile.where ?? "this item"}`,
    checked: gallery.picks.has(JSON.stringify(tile.id)), onchange: (event) => gallery.pick(tile, event.target.checked) }) : null;
  const node = element("div", { class: `tile${tile.current ? " current" : ""}`, role: "listitem" }, link, tile.tick);
  node.tile = tile;
  return node;
}

function sortSelect(gallery) {
  const names = new Set(gallery.tiles.flatMap((tile) => Object.keys(tile.values ?? {})));
  const values = [...names].flatMap((name) => [[`-:${name}`, `${name}, highest`], [`+:${name}`, `${name}, lowest`]]);
  const choices = [...SORTS, ...values].map(([id, text]) => element("option", { value: id, text, selected: id === gallery.look.sort }));
  return element("label", { class: "sort" }, element("span", { text: "sort" }), element("select", { onchange: (event) => {
    gallery.sorted(event.target.value);
  } }, ...choices));
}

function buildDrawer(gallery) {
  const { look } = gallery;
  const set = (name) => (value) => {
    look[name] = value;
    gallery.apply();
    gallery.kept();
  };
  const sides = gallery.data.groups?.length > 1
    ? [tick("side by side", (look.layout ?? gallery.data.layout) === "columns", (on) => gallery.arrange(on ? "columns" : "rows"))] : [];
  const view = drawer("View", "tune", slider("tile size", look.size, 130, 520, set("size")), ...gallery.looks.controls(() => gallery.painted()),
    tick("items without a match", look.rest, set("rest")), ...sides);
  return element("div", { class: "tools" }, sortSelect(gallery), view);
}
