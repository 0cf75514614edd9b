// The list of sounds with its filter bar: the Audio page, and one sound on the Item page.

class Sounds {
  constructor(host) {
    this.root = element("section", { class: "player" });
    host.append(this.root);
    this.sounds = [];
    this.resize = new ResizeObserver(() => this.sounds.forEach((sound) => sound.draw()));
    this.resize.observe(this.root);
  }

  update(data) {
    adoptChoice(this, data);
    if (data.version === this.version) return;
    this.version = data.version;
    this.data = data;
    this.sounds.forEach((sound) => sound.destroy());
    const facets = countFacets(data.items.map((item) => item.annotations), data.known ?? {}, data.colors);
    this.sounds = data.items.map((item) => new Sound(item, this));
    this.said = element("p", { class: "summary", role: "status" });
    this.list = element("div", { class: "sounds" });
    const heads = (data.groups ?? []).filter((group) => group.title).map((group) => element("h3", {},
      group.color ? element("span", { class: "dot", style: { background: group.color } }) : null,
      element("span", { text: group.title }), element("small", { text: group.note ?? "" })));
    this.heads = heads;
    this.root.replaceChildren(filterBar(facets, this.choice, () => this.chosen()), this.said, this.list);
    this.apply();
  }

  chosen() {
    this.apply();
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => {
      if (this.data.url) writeUrl(this.choice.toUrl());
      if (this.data.partial) this.send("narrowed", this.choice.toUrl());
    }, 350);
  }

  apply() {
    const kept = this.sounds.filter((sound) => this.choice.finds(sound.item.annotations));
    const rows = [];
    this.heads.forEach((head, at) => rows.push(head, ...kept.filter((sound) => sound.item.group === at).map((sound) => sound.node)));
    this.list.replaceChildren(...(this.heads.length ? rows : kept.map((sound) => sound.node)));
    this.sounds.filter((sound) => !kept.includes(sound)).forEach((sound) => sound.media.pause());
    kept.forEach((sound) => sound.apply(this.choice));
    const all = this.sounds.flatMap((sound) => sound.item.annotations);
    this.said.textContent = `${saidItems(this.data, kept.length, this.sounds.length, this.choice)} · ${ofAll(all.filter(this.choice.shows).length, all.length, "annotation")}`;
  }

  opened(event, item) {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button) return;
    event.preventDefault();
    this.send("opened", item.id);
  }

  destroy() {
    this.resize.disconnect();
    clearTimeout(this.waiting);
    this.sounds.forEach((sound) => sound.destroy());
  }
}

export default mounted((host) => new Sounds(host));
