// The same sample in two to four places: beside each other with one zoom, under a slider, or blinking.

const MODES = [["side", "Side by side"], ["slider", "Slider"], ["blink", "Blink"]];
const BLINK_MS = 700;

class Compare {
  constructor(host) {
    this.root = element("section", { class: "viewer gallery compare" });
    host.append(this.root);
    this.looks = new Looks("change");
    this.mode = readUrl("mode");
    this.split = 0.5;
    this.stages = [];
    this.zoom = textToZoom(readUrl("zoom"));
  }

  update(data) {
    adoptChoice(this, data);
    this.keepLink(300);
    if (data.version === this.version) return;
    this.version = data.version;
    this.data = data;
    this.columns = data.columns;
    this.mode = MODES.some(([name]) => name === this.mode) ? this.mode : data.mode;
    this.pair = [0, this.columns.length - 1];
    this.front = 0;
    this.looks.learn(this.columns.flatMap((column) => column.item?.annotations ?? []), data);
    this.build();
  }

  build() {
    for (const stage of this.stages) stage.destroy();
    clearInterval(this.blinking);
    const facets = countFacets(this.columns.map((column) => column.item?.annotations ?? []), {}, this.data.colors);
    const modes = element("div", { class: "chips", role: "group", "aria-label": "how they are compared" }, ...MODES.map(([name, text]) =>
      element("button", { type: "button", class: "chip", "aria-pressed": String(name === this.mode), text, onclick: () => this.choose(name) })));
    const tools = element("div", { class: "row tools" }, tool("Zoom in (+)", "add", () => this.stages[0].zoomBy(1.5)), tool("Zoom out (-)", "remove", () => this.stages[0].zoomBy(1 / 1.5)),
      tool("Fit (0)", "fit_screen", () => this.stages[0].fit()), tool("One pixel on one pixel (1)", "looks_one", () => this.stages[0].actual()));
    this.stages = this.columns.map((column, at) => this.buildStage(column, at));
    this.area = element("div", { class: `area ${this.mode}` });
    this.root.replaceChildren(filterBar(facets, this.choice, () => this.chosen()), element("div", { class: "bottom" }, modes, this.legend(),
      element("div", { class: "drawers" }, tools, drawer("View", "tune", ...this.looks.controls(() => this.changed())))), this.area);
    ({ side: () => this.layOut(), slider: () => this.slide(), blink: () => this.blink() })[this.mode]();
    for (const stage of this.stages) stage.zoom = this.zoom;
  }

  // What the colours of changes say, with how many of each.
  legend() {
    const counts = Object.entries(this.data.counts ?? {});
    return element("p", { class: "said legend" }, ...counts.map(([name, count]) => element("span", {},
      element("span", { class: "dot", style: { background: CHANGE_COLORS[name] ?? PLAIN } }), element("span", { text: `${count.toLocaleString("en")} ${name}` }))));
  }

  buildStage(column, at) {
    const stage = new Stage(this, column.title);
    stage.column = column;
    const { item } = column;
    if (item?.src) stage.show(item, buildPicture(item.src, item.caption, () => stage.base.replaceChildren(element("p", { class: "none", text: "The browser cannot show this picture." }))));
    else stage.base.replaceChildren(element("p", { class: "none", text: column.empty }));
    return stage;
  }

  heading(column) {
    const name = element("span", { text: column.title });
    return element("h3", {}, element("span", { class: "dot", style: { background: column.color } }), column.href ? element("a", { href: column.href, onclick: (event) => this.opened(event, column) }, name) : name,
      element("small", { text: column.note }));
  }

  opened(event, column) {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button) return;
    event.preventDefault();
    this.send("opened", column.id);
  }

  layOut() {
    this.area.style.setProperty("--columns", this.columns.length);
    this.area.replaceChildren(...this.stages.map((stage) => element("div", { class: "column" }, this.heading(stage.column), stage.node)));
  }

  // What lies on each other, on a small screen in the shape of the picture.
  pile(...nodes) {
    const { w, h } = this.columns.find((column) => column.item)?.item ?? {};
    return element("div", { class: "pile", style: w && h ? { "--shape": w / h } : {} }, ...nodes);
  }

  picker(side) {
    return element("select", { "aria-label": ["left", "right"][side], onchange: (event) => {
      this.pair[side] = Number(event.target.value);
      this.slide();
    } }, ...this.columns.map((column, at) => element("option", { value: at, text: `${column.title} · ${column.note}`, selected: at === this.pair[side] })));
  }

  slide() {
    const [left, right] = this.pair.map((at) => this.stages[at]);
    const input = element("input", { type: "range", class: "split", min: 0, max: 1, step: "any", value: this.split, "aria-label": "how much of the left one is seen",
      oninput: (event) => this.cut(right, Number(event.target.value)) });
    this.line = element("div", { class: "line", title: "Drag it", onpointerdown: (event) => event.target.setPointerCapture(event.pointerId), onpointermove: (event) => this.dragged(event, right) });
    this.slit = input;
    const names = this.columns.length > 2 ? [this.picker(0), this.picker(1)] : [this.heading(left.column), this.heading(right.column)];
    this.area.replaceChildren(element("div", { class: "ends" }, ...names), this.pile(left.node, right.node, this.line), input);
    if (left === right) right.node.style.clipPath = "";
    else this.cut(right, this.split);
  }

  // By mouse, pen or finger: the slider below does the same by keys.
  dragged(event, right) {
    if (!this.line.hasPointerCapture(event.pointerId)) return;
    const { left, width } = this.line.parentElement.getBoundingClientRect();
    this.cut(right, clamp((event.clientX - left) / width, 0, 1));
  }

  cut(right, share) {
    this.split = share;
    this.slit.value = share;
    for (const stage of this.stages) stage.node.style.clipPath = "";
    right.node.style.clipPath = `inset(0 0 0 ${share * 100}%)`;
    this.line.style.left = `${share * 100}%`;
  }

  blink() {
    const names = element("div", { class: "ends" });
    const play = element("button", { type: "button", class: "chip", onclick: () => this.toggle(play) });
    const next = element("button", { type: "button", class: "chip", text: "Next", onclick: () => this.turn(names) });
    this.turn = (where) => {
      this.front = (this.front + 1) % this.stages.length;
      show(where);
    };
    const show = (where) => {
      this.stages.forEach((stage, at) => { stage.node.style.visibility = at === this.front ? "" : "hidden"; });
      where.replaceChildren(this.heading(this.columns[this.front]), play, next);
    };
    this.names = names;
    this.area.replaceChildren(names, this.pile(...this.stages.map((stage) => stage.node)));
    show(names);
    play.textContent = "Blink";
    if (!matchMedia("(prefers-reduced-motion: reduce)").matches) this.toggle(play);
  }

  toggle(play) {
    const on = !this.blinking;
    clearInterval(this.blinking);
    this.blinking = on ? setInterval(() => this.turn(this.names), BLINK_MS) : null;
    play.textContent = on ? "Stop" : "Blink";
  }

  choose(mode) {
    this.mode = mode;
    this.blinking = clearInterval(this.blinking);
    this.build();
    this.keepLink();
  }

  options(stage) {
    const same = stage.column.item?.annotations.find((one) => one.pair !== undefined && one.pair === this.pointedPair);
    return { ...this.looks.options, visible: this.choice.shows, showsLabel: this.choice.showsLabel, hover: stage.hovered ?? same };
  }

  pointed(one) {
    this.pointedPair = one?.pair;
    for (const stage of this.stages) stage.paint();
  }

  // One zoom for all of them.
  moved(from, byHand) {
    if (!byHand) return;
    this.zoom = from.zoom;
    for (const stage of this.stages) if (stage !== from && stage.item) stage.zoom = this.zoom;
    this.keepLink();
  }

  changed() {
    for (const stage of this.stages) stage.paint();
    this.keepLink();
  }

  chosen() {
    this.changed();
    clearTimeout(this.asking);
    if (!this.data.url) return;
    this.asking = setTimeout(() => this.send("narrowed", this.choice.toUrl()), 350);
  }

  keepLink(wait = 250) {
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => {
      if (!this.root.isConnected || !this.data.url) return;
      const zoom = zoomToText(this.zoom);
      writeUrl({ ...this.choice.toUrl(), ...this.looks.toUrl(), mode: this.mode === this.data.mode ? [] : [this.mode], zoom: zoom ? [zoom] : [] });
    }, wait);
  }

  destroy() {
    clearTimeout(this.waiting);
    clearTimeout(this.asking);
    clearInterval(this.blinking);
    for (const stage of this.stages) stage.destroy();
  }
}

export default mounted((host) => new Compare(host));
