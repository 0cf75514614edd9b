// The list of sounds with its filter bar: the Audio page, two takes of a sample, and one sound on the Item page.

const LOOKS = [["wave", "Wave", "the loudest samples over time"], ["log", "Log", "spectrogram, frequency on a logarithmic scale"],
  ["mel", "Mel", "spectrogram, frequency as the ear hears it"]];

class Sounds {
  constructor(host) {
    this.root = element("section", { class: "player" });
    host.append(this.root);
    this.sounds = [];
    this.speed = 1;
    this.look = LOOKS.some(([name]) => name === readUrl("look")) ? readUrl("look") : "wave";
    this.place = { sound: readUrl("sound"), t: Number(readUrl("t")) || 0 };
    this.resize = new ResizeObserver(() => this.sounds.forEach((sound) => sound.draw()));
    this.resize.observe(this.root);
  }

  update(data) {
    adoptChoice(this, data);
    if (data.url) setTimeout(() => this.root.isConnected && this.writePlace(), 300);
    if (data.version === this.version) return;
    this.version = data.version;
    this.data = data;
    this.sounds.forEach((sound) => sound.destroy());
    const facets = countFacets(data.items.map((item) => item.annotations), data.known ?? {}, data.colors);
    this.sounds = data.items.map((item) => new Sound(item, this));
    this.said = element("p", { class: "summary", role: "status" });
    this.list = element("div", { class: "sounds" });
    const heads = (data.groups ?? []).filter((group) => group.title).map((group) => element("h2", {},
      group.color ? element("span", { class: "dot", style: { background: group.color } }) : null,
      element("span", { text: group.title }), element("small", { text: group.note ?? "" })));
    this.heads = heads;
    this.root.replaceChildren(filterBar(facets, this.choice, () => this.chosen()), this.tools(), this.said, this.list);
    this.apply();
    this.goToPlace();
  }

  tools() {
    const looks = LOOKS.map(([name, text, help]) => element("button", { type: "button", class: "chip", title: help, text,
      "aria-pressed": String(name === this.look), onclick: () => this.lookAs(name) }));
    this.looks = element("div", { class: "chips", role: "group", "aria-label": "picture" }, ...looks);
    const speed = speedChoice((rate) => {
      this.speed = rate;
      this.sounds.forEach((sound) => { sound.media.playbackRate = sound.media.defaultPlaybackRate = rate; });
    });
    speed.value = String(this.speed);
    return element("div", { class: "controls" }, this.data.items.some((item) => item.spectra) ? this.looks : null, speed);
  }

  lookAs(name) {
    this.look = name;
    LOOKS.forEach(([other], at) => this.looks.children[at].setAttribute("aria-pressed", String(other === name)));
    this.sounds.forEach((sound) => sound.draw());
    this.writePlace();
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

  // Takes that are compared have one playhead.
  follow(leader) {
    if (!this.data.together) return;
    for (const sound of this.sounds) {
      if (sound === leader) continue;
      sound.at = Math.min(leader.at, sound.length);
      sound.show();
    }
  }

  toOther(sound) {
    const other = this.sounds[(this.sounds.indexOf(sound) + 1) % this.sounds.length];
    if (other === sound || other.item.problem) return;
    other.wave.focus();
    if (!sound.media.paused) other.toggle();
  }

  // The link opens at the second that was last heard or gone to; at another step it is the same sound's same second.
  keepPlace(sound) {
    this.place = { sound: sound.item.name, t: sound.at };
    clearTimeout(this.placing);
    this.placing = setTimeout(() => this.writePlace(), 350);
  }

  writePlace() {
    if (!this.data.url) return;
    const at = this.place.sound && this.place.t > 0;
    writeUrl({ look: this.look === "wave" ? [] : [this.look], sound: at ? [this.place.sound] : [], t: at ? [String(Math.round(this.place.t * 100) / 100)] : [] });
  }

  goToPlace() {
    const sound = this.sounds.find((one) => one.item.name === this.place.sound && !one.item.problem);
    if (!sound || !this.place.t) return;
    sound.at = clamp(this.place.t, 0, sound.length);
    this.follow(sound);
    sound.show();
  }

  opened(event, item) {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button) return;
    event.preventDefault();
    this.send("opened", item.id);
  }

  destroy() {
    this.resize.disconnect();
    clearTimeout(this.waiting);
    clearTimeout(this.placing);
    this.sounds.forEach((sound) => sound.destroy());
  }
}

export default mounted((host) => new Sounds(host));
