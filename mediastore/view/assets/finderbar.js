// The bar over what is found: labels, layers, keys and runs with counts, the histogram of scores, ranges and words.

class FinderBar {
  constructor(onChange) {
    this.onChange = onChange;
    this.chips = element("div", { class: "facets" });
    this.scores = element("div", { class: "scores" });
    this.words = element("input", { type: "search", class: "words", placeholder: "text, sample or label", "aria-label": "A part of text, sample or label",
      oninput: (event) => { this.search.text = event.target.value; onChange(); } });
    this.more = element("details", { class: "look ranges" }, element("summary", {}, icon("straighten"), element("span", { text: "Size and step" })));
    this.pairs = [["steps", "Step", "the steps at which it was logged"], ["area", "Area, px²", "of its box, in square pixels"],
      ["aspect", "Width ÷ height", "of its box: 2 is twice as wide as tall"]].map(([name, title, help]) => this.pair(name, title, help));
    this.more.append(element("div", { class: "drawer" }, ...this.pairs.map((pair) => pair.node)));
    const asked = element("div", { class: "asked" }, element("span", { class: "word", text: "more" }), this.words, this.more);
    this.node = element("div", { class: "filters" }, element("div", { class: "facets" }, this.chips, asked), this.scores);
  }

  show(facets, search, colors) {
    this.search = search;
    const held = this.node.getRootNode().activeElement?.dataset?.held;
    const groups = [["labels", "Labels", colors], ["layers", "Layers"], ["keys", "Keys"], ["runs", "Runs"]];
    this.chips.replaceChildren(...groups.map(([name, title]) => this.group(name, title, facets[name] ?? [])).filter(Boolean));
    if (held) [...this.chips.querySelectorAll("[data-held]")].find((one) => one.dataset.held === held)?.focus();
    this.showScores(facets.score);
    if (this.node.getRootNode().activeElement !== this.words) this.words.value = search.text;
    for (const pair of this.pairs) pair.show(facets.ranges ?? {});
  }

  group(name, title, entries) {
    const chosen = this.search[name];
    const known = [...entries, ...chosen.filter((one) => !entries.some((entry) => entry.name === one)).map((one) => ({ name: one, count: 0 }))];
    if (known.length < 2 && !chosen.length) return null;
    const most = this[`all-${name}`] ? known.length : 10;
    const shown = known.filter((entry, at) => at < most || chosen.includes(entry.name));
    const press = (entry) => {
      const at = chosen.indexOf(entry.name);
      at < 0 ? chosen.push(entry.name) : chosen.splice(at, 1);
      for (const one of node.querySelectorAll(".chip[data-held]")) one.setAttribute("aria-pressed", String(chosen.includes(one.dataset.name)));
      this.onChange();
    };
    const chips = shown.map((entry) => {
      const button = chip({ ...entry, name: entry.title ?? entry.name, pressed: chosen.includes(entry.name), onclick: () => press(entry) });
      Object.assign(button.dataset, { held: `${name}:${entry.name}`, name: entry.name });
      return button;
    });
    const rest = known.length - shown.length;
    const more = rest > 0 ? element("button", { class: "chip quiet", type: "button", text: `${rest.toLocaleString("en")} more`,
      onclick: () => { this[`all-${name}`] = true; node.replaceWith(this.group(name, title, entries)); } }) : null;
    const node = element("div", { class: `chips${chosen.length ? " narrowed" : ""}`, role: "group", "aria-label": title },
      element("span", { class: "word", text: title.toLowerCase() }), ...chips, more);
    return node;
  }

  showScores(score) {
    const domain = JSON.stringify([score?.low, score?.high]);
    if (!score) this.scores.replaceChildren();
    else if (domain !== this.domain || JSON.stringify(this.search.score) !== this.given) {
      this.plot = element("div", { class: "plot", "aria-hidden": "true", onpointerdown: (event) => this.brush(event, score) });
      const slider = rangeSlider({ domain: [score.low, score.high], value: this.search.score, onChange: (range) => this.scored(range) });
      this.scores.replaceChildren(this.plot, slider);
    }
    this.domain = domain;
    this.given = JSON.stringify(this.search.score);
    if (!score) return;
    this.score = score;
    const top = Math.max(1, ...score.counts);
    this.plot.replaceChildren(...score.counts.map((count) => element("i", { title: plural(count, "annotation"), style: { height: `${count ? Math.max(4, 100 * Math.sqrt(count / top)) : 0}%` } })));
    this.shade();
  }

  shade() {
    const { low, high, counts } = this.score;
    const [from, to] = this.search.score ?? [low, high];
    [...this.plot.children].forEach((bar, at) => {
      const middle = low + ((at + 0.5) * (high - low)) / counts.length;
      bar.classList.toggle("out", middle < from || middle > to);
    });
  }

  scored(range) {
    this.search.score = range;
    this.given = JSON.stringify(range);
    this.shade();
    this.onChange();
  }

  // A drag over the bars is the range; the slider below shows it, and serves the keyboard.
  brush(event, { low, high }) {
    const { left, width } = this.plot.getBoundingClientRect();
    const at = (moved) => Math.round((low + clamp((moved.clientX - left) / width, 0, 1) * (high - low)) * 1000) / 1000;
    const begin = at(event);
    const end = (moved) => {
      window.removeEventListener("pointerup", end);
      const pair = [begin, at(moved)].sort((a, b) => a - b);
      this.search.score = pair[1] - pair[0] < (high - low) / 200 ? null : pair;
      this.given = null;
      this.showScores(this.score);
      this.onChange();
    };
    window.addEventListener("pointerup", end);
  }

  pair(name, title, help) {
    const field = (at, word) => element("input", { type: "number", step: "any", "aria-label": `${title}, ${word}`, oninput: () => {
      const pair = ends.map((end) => (end.value === "" ? null : Number(end.value)));
      this.search[name] = pair.every((one) => one === null) ? null : pair;
      this.onChange();
    } });
    const ends = [field(0, "from"), field(1, "to")];
    const node = element("div", { class: "row", title: help }, element("span", { text: title }), element("span", { class: "ends" }, ends[0], element("span", { text: "–" }), ends[1]));
    return { node, show: (ranges) => ends.forEach((end, at) => {
      end.placeholder = ranges[name] ? formatNumber(ranges[name][at]) : "";
      if (end.getRootNode().activeElement !== end) end.value = this.search[name]?.[at] ?? "";
    }) };
  }
}
