// One picture large: the filter bar, the stage with plotly's axes, how it is painted, and its annotations as a table.

const CANVAS_SIDE = 16384;

class Viewer {
  constructor(host) {
    this.root = element("section", { class: "viewer gallery" });
    host.append(this.root);
    this.looks = new Looks();
    this.levels = textToLevels(readUrl("levels"));
    this.stage = new Stage(this, "picture");
    this.stage.zoom = textToZoom(readUrl("zoom"));
    this.table = new AnnotationTable(this);
    this.wantedPlace = Number(readUrl("picked") ?? NaN);
  }

  update(data) {
    adoptChoice(this, data);
    this.keepLink(300);
    if (data.version === this.version) return;
    this.version = data.version;
    const changed = this.data?.item.src !== data.item.src;
    const other = this.data && String(this.data.id) !== String(data.id);
    this.data = data;
    this.item = data.item;
    const place = this.chosen?.place ?? this.wantedPlace;
    this.chosen = other ? null : this.item.annotations.find((one) => one.place === place) ?? null;
    this.looks.learn(this.item.annotations, data);
    this.build();
    if (changed) this.showPicture();
    else this.stage.item = this.item;
    this.apply();
  }

  get colors() {
    return this.looks.colors;
  }

  build() {
    const { item, data } = this;
    const facets = countFacets([item.annotations], {}, data.colors);
    this.said = element("p", { class: "said", role: "status" });
    this.note = element("p", { class: "said", role: "status" });
    this.box = tool("Zoom into a box that you draw", "crop_free", () => this.drawBox());
    this.box.setAttribute("aria-pressed", "false");
    const tools = element("div", { class: "tools", role: "toolbar", "aria-label": "picture" }, tool("Zoom in (+)", "add", () => this.stage.zoomBy(1.5)),
      tool("Zoom out (-)", "remove", () => this.stage.zoomBy(1 / 1.5)), tool("Fit (0)", "fit_screen", () => this.stage.fit()),
      tool("One pixel on one pixel (1)", "looks_one", () => this.stage.actual()), this.box);
    this.tools = tools;
    const { bare } = data; // a slide shows what can be filtered, and no tools
    const isListed = item.annotations.length > 0 && !bare;
    const bottom = element("div", { class: "bottom" }, this.said, this.note, element("div", { class: "drawers", hidden: bare }, this.buildLevels(),
      drawer("View", "tune", ...this.looks.controls(() => this.changed())), this.buildCopy(), element("button", { type: "button", class: "link", text: "Annotated picture",
        title: "Download the picture with what is drawn on it, at its full size", onclick: () => this.exportAnnotated() })));
    this.frame = element("div", { class: "easel" }, this.stage.node, bare ? null : tools);
    this.desk = element("div", { class: isListed ? "desk" : "desk alone" }, this.frame, isListed ? this.table.node : null);
    this.root.replaceChildren(...(item.annotations.length ? [filterBar(facets, this.choice, () => this.apply(true))] : []), bottom, this.desk);
    this.setAxes();
  }

  buildCopy() {
    const copy = element("button", { type: "button", class: "link", text: "Copy link", title: "The address of this view: item, filters, zoom and levels", onclick: async () => {
      await navigator.clipboard.writeText(window.location.href);
      copy.textContent = "Copied";
      setTimeout(() => { copy.textContent = "Copy link"; }, 1500);
    } });
    return navigator.clipboard ? copy : null; // only where the page was reached over https or on this machine
  }

  // Plotly pans and zooms, but it drags under very many annotations and knows no pinch: there the stage does it alone.
  setAxes() {
    const wanted = this.item.annotations.length <= this.data.plotly_most && !matchMedia("(pointer: coarse)").matches;
    this.box.hidden = !wanted;
    if (wanted && !this.axes) this.axes = new Axes(this.stage, this.data.plotly);
    if (!wanted && this.axes) {
      this.axes.destroy();
      this.axes = null;
    }
  }

  drawBox() {
    const on = this.axes?.mode === "pan";
    this.axes?.drag(on ? "zoom" : "pan");
    this.box.setAttribute("aria-pressed", String(on));
  }

  buildLevels() {
    const { levels } = this;
    const put = (name, read = (value) => value) => (value) => {
      levels[name] = read(value);
      this.adjust();
    };
    this.window = element("p", { class: "said" });
    const reset = element("button", { type: "button", class: "link", text: "Reset", onclick: () => this.setLevels({ ...LEVELS }) });
    const auto = element("button", { type: "button", class: "link", text: "Lowest to highest value", onclick: () => this.spread() });
    const channels = { all: "all", 0: "red or the only one", 1: "green", 2: "blue", 3: "alpha" };
    const channel = element("select", { onchange: (event) => put("channel")(event.target.value) },
      ...Object.entries(channels).map(([value, text]) => element("option", { value, text, selected: value === levels.channel })));
    const rows = [slider("brightness", levels.brightness, -0.5, 0.5, put("brightness")), slider("contrast", Math.log2(levels.contrast), -1, 10, put("contrast", (power) => 2 ** power)),
      slider("gamma", Math.log2(levels.gamma), -2, 2, put("gamma", (power) => 2 ** power)), element("label", { class: "row" }, element("span", { text: "channel" }), channel),
      choose("colour map", Object.keys(COLOR_MAPS), levels.map, put("map")), this.window, element("div", { class: "row" }, auto, reset)];
    return drawer("Levels", "contrast", ...rows);
  }

  async showPicture() {
    const { item } = this;
    this.values = null;
    this.picture = buildPicture(item.src, item.caption, () => { this.note.textContent = "The browser cannot show this picture; download it to see it elsewhere."; });
    this.stage.show(item, this.picture);
    this.deep = hasSixteenBits(item.src).catch(() => false);
    const deep = await this.deep;
    if (this.item.src === item.src && (deep || !isNeutral(this.levels))) this.adjust();
  }

  async read() {
    this.values ??= readValues(this.item.src);
    return this.values;
  }

  async spread() {
    const values = await this.read();
    this.setLevels(levelsOfWindow(this.levels, extremes(values, this.levels.channel), values.highest));
  }

  setLevels(levels) {
    this.levels = levels;
    const open = this.root.querySelector(".drawers details").open;
    const fresh = this.buildLevels();
    fresh.open = open;
    this.root.querySelector(".drawers details").replaceWith(fresh);
    this.adjust();
  }

  async adjust() {
    const { item } = this;
    const deep = await this.deep;
    if (isNeutral(this.levels) && !deep) {
      this.stage.put(this.picture);
      this.note.textContent = this.window.textContent = "";
      return this.keepLink();
    }
    try {
      const values = await this.read();
      if (this.item.src !== item.src) return null;
      this.adjusted ??= element("canvas", { "aria-label": item.caption ?? "", role: "img" });
      this.stage.put(renderLevels(values, this.levels, this.adjusted));
      const [low, high] = windowOf(this.levels, values.highest).map((value) => Math.round(value).toLocaleString("en"));
      this.window.textContent = `black at ${low}, white at ${high}, of 0 to ${values.highest.toLocaleString("en")}`;
      this.note.textContent = values.isCopy ? `Levels are shown on a copy of ${values.width} × ${values.height} px.` : deep ? `16 bits: ${this.window.textContent}` : "";
    } catch (fault) {
      this.note.textContent = `The values of this picture cannot be read here: ${fault.message}.`;
    }
    return this.keepLink();
  }

  // The filter acts on picture and table at once; the link follows.
  apply(byHand = false) {
    this.shown = this.item.annotations.filter(this.choice.shows);
    this.said.textContent = this.item.annotations.length ? ofAll(this.shown.length, this.item.annotations.length, "annotation") : "";
    this.table.show(this.shown);
    this.stage.paint();
    if (byHand) this.keepLink();
  }

  changed() {
    this.table.draw();
    this.stage.paint();
    this.keepLink();
  }

  options() {
    return { ...this.looks.options, visible: this.choice.shows, showsLabel: this.choice.showsLabel, hover: this.stage.hovered ?? this.hovered ?? this.chosen };
  }

  moved(stage, byHand) {
    this.axes?.follow();
    if (byHand) this.keepLink();
  }

  pointed(one, stage = null) {
    this.hovered = stage ? null : one;
    this.table.mark(this.chosen, one);
    if (!stage) this.stage.paint();
  }

  picked(one, stage = null) {
    this.chosen = one === this.chosen && !stage ? null : one;
    if (stage && one) this.table.reveal(one);
    this.table.mark(this.chosen);
    if (!stage && this.chosen) this.bringIntoView(annotationBounds(this.chosen));
    this.stage.paint();
    this.keepLink();
  }

  // A row that is clicked moves the picture only where its box lies outside.
  bringIntoView(bounds) {
    if (!bounds || this.stage.inView(bounds)) return;
    const { scale } = this.stage.view;
    const [width, height] = this.stage.size;
    this.stage.look({ scale, dx: width / 2 - ((bounds[0] + bounds[2]) / 2) * scale, dy: height / 2 - ((bounds[1] + bounds[3]) / 2) * scale });
  }

  keepLink(wait = 250) {
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => {
      if (!this.root.isConnected) return;
      const list = (text) => (text === null || text === undefined ? [] : [text]);
      writeUrl({ ...this.choice.toUrl(), ...this.looks.toUrl(), zoom: list(zoomToText(this.stage.zoom)), levels: list(levelsToText(this.levels)),
        picked: list(this.chosen?.place) });
    }, wait);
  }

  async exportAnnotated() {
    const { item } = this;
    if (Math.max(item.w, item.h) > CANVAS_SIDE) {
      this.note.textContent = `The annotated picture must be at most ${CANVAS_SIDE.toLocaleString("en")} px a side to be made in the browser, got ${item.w} × ${item.h}; download the original instead.`;
      return;
    }
    const sheet = element("canvas", {});
    [sheet.width, sheet.height] = [item.w, item.h];
    const context = sheet.getContext("2d");
    await this.picture.decode?.();
    context.drawImage(this.stage.base.firstChild, 0, 0, item.w, item.h);
    const pen = Math.max(1, Math.max(item.w, item.h) / 1000);
    context.scale(pen, pen);
    drawOverlay(context, item, item.w / pen, item.h / pen, { ...this.options(), hover: null, transform: { scale: 1 / pen, dx: 0, dy: 0 }, ratio: pen });
    const blob = await new Promise((ready) => sheet.toBlob(ready, "image/png"));
    if (!blob) {
      this.note.textContent = `The browser has no room for ${item.w} × ${item.h} px; download the original instead.`;
      return;
    }
    const link = element("a", { href: URL.createObjectURL(blob), download: `${this.data.name}-annotated.png` });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  }

  destroy() {
    clearTimeout(this.waiting);
    this.axes?.destroy();
    this.stage.destroy();
  }
}

export default mounted((host) => new Viewer(host));
