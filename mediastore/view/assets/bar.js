// The filter bar alone, above a picture that the server draws: what is chosen goes into the link, then a rerun reads it.

class Bar {
  constructor(host) {
    this.root = element("section", { class: "gallery" });
    host.append(this.root);
  }

  update(data) {
    if (data.version === this.version) return;
    const asked = JSON.stringify(data.choice);
    const same = this.data && JSON.stringify([data.known, data.annotations]) === JSON.stringify([this.data.known, this.data.annotations]);
    this.version = data.version;
    this.data = data;
    if (same && asked === this.sent) return;
    this.choice = new Choice(data.choice);
    this.said = element("p", { class: "said", role: "status" });
    this.root.replaceChildren(filterBar(countFacets([data.annotations], {}, data.colors), this.choice, () => this.chosen()),
      element("div", { class: "bottom" }, this.said));
    this.say();
  }

  say() {
    const { annotations } = this.data;
    this.said.textContent = ofAll(annotations.filter(this.choice.shows).length, annotations.length, "annotation");
  }

  chosen() {
    this.say();
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => {
      this.sent = JSON.stringify({ labels: [...this.choice.labels], layers: [...this.choice.layers], score: this.choice.score });
      writeUrl(this.choice.toUrl());
      this.send("chosen", this.choice.toUrl());
    }, 200);
  }

  destroy() {
    clearTimeout(this.waiting);
  }
}

export default mounted((host) => new Bar(host));
