// One film: streamed, with the annotations of the frame that is on screen drawn over it, and its tracks in time.

const CANNOT_SHOW = "The browser cannot play this film; download it to watch it elsewhere.";
const SPEEDS = [0.25, 0.5, 1, 2];

class Film {
  constructor(host) {
    this.root = element("section", { class: "player film" });
    host.append(this.root);
    this.resize = new ResizeObserver(() => this.paint());
    this.resize.observe(this.root);
  }

  update(data) {
    adoptChoice(this, data);
    if (data.version === this.version) return;
    this.version = data.version;
    this.data = data;
    this.item = data.items[0];
    this.stop();
    this.fps = this.item.fps || 25;
    this.tracks = new Tracks(this.item.annotations, this.fps);
    this.frame = 0;
    const facets = countFacets([this.item.annotations], data.known ?? {}, data.colors);
    this.said = element("p", { class: "summary", role: "status" });
    this.lanes = element("div", {});
    this.fault = element("p", { class: "fault", hidden: true });
    this.root.replaceChildren(filterBar(facets, this.choice, () => this.chosen()), this.said, this.buildStage(), this.buildControls(), this.fault, this.lanes);
    this.apply();
    this.follow();
  }

  buildStage() {
    const { item } = this;
    this.video = element("video", { src: item.src, poster: item.poster, preload: "metadata", playsinline: true, "aria-label": item.caption || "film" });
    this.video.muted = true;
    const clocks = this.video.requestVideoFrameCallback ? ["loadeddata"] : ["loadeddata", "seeked", "timeupdate"];
    for (const name of clocks) this.video.addEventListener(name, () => this.shown(this.video.currentTime));
    for (const name of ["play", "pause", "ended"]) this.video.addEventListener(name, () => this.playing());
    this.video.addEventListener("error", () => this.failed());
    this.canvas = element("canvas", { "aria-hidden": "true" });
    const shape = item.w && item.h ? `${item.w} / ${item.h}` : "16 / 9";
    this.stage = element("div", { class: "stage", tabindex: "0", "aria-label": "film; space plays, arrow keys step frames",
      style: { "aspect-ratio": shape, "--shape": item.w && item.h ? item.w / item.h : 16 / 9 }, onclick: () => this.toggle(), onkeydown: (event) => this.keyed(event) }, this.video, this.canvas);
    return this.stage;
  }

  buildControls() {
    const tool = (name, sign, act) => element("button", { type: "button", class: "tool", "aria-label": name, title: name, onclick: act }, icon(sign));
    this.button = element("button", { type: "button", class: "play", "aria-label": "Play", onclick: () => this.toggle() }, sign(false));
    this.clock = element("span", { class: "clock" });
    this.slider = element("input", { type: "range", class: "seek", min: 0, max: this.last, step: 1, value: 0, "aria-label": "frame",
      oninput: (event) => this.goTo(Number(event.target.value)) });
    const sound = tool("Sound on or off", "volume_off", () => {
      this.video.muted = !this.video.muted;
      sound.replaceChildren(icon(this.video.muted ? "volume_off" : "volume_up"));
    });
    const speed = element("select", { "aria-label": "speed", onchange: (event) => { this.video.playbackRate = Number(event.target.value); } },
      ...SPEEDS.map((rate) => element("option", { value: rate, text: `${rate}×`, selected: rate === 1 })));
    return element("div", { class: "controls" }, this.button, tool("Previous frame (left arrow)", "chevron_left", () => this.step(-1)),
      tool("Next frame (right arrow)", "chevron_right", () => this.step(1)), this.slider, this.clock, speed, sound,
      element("a", { class: "tool", href: `${this.item.download}?download`, download: "", title: "Download", "aria-label": "Download" }, icon("download")));
  }

  get duration() {
    return this.item.duration || this.video.duration || 1;
  }

  get last() {
    return Math.max(0, (this.item.frames || Math.round((this.item.duration || 0) * this.fps)) - 1);
  }

  // The picture on screen, not the clock: mediaTime is when the presented frame begins.
  follow() {
    if (!this.video.requestVideoFrameCallback) return;
    const film = this.video;
    const presented = (now, { mediaTime }) => {
      if (film !== this.video) return;
      this.shown(mediaTime + 0.5 / this.fps);
      film.requestVideoFrameCallback(presented);
    };
    film.requestVideoFrameCallback(presented);
  }

  shown(seconds) {
    this.frame = clamp(Math.floor(seconds * this.fps + 1e-3), 0, this.last);
    this.slider.value = this.frame;
    this.clock.textContent = `${formatTime(this.frame / this.fps)} / ${formatTime(this.duration)} · frame ${this.frame} of ${this.last}`;
    if (this.head) this.head.style.left = `calc(var(--names) + (100% - var(--names)) * ${clamp(this.frame / (this.last + 1), 0, 1)})`;
    this.paint();
  }

  paint() {
    if (!this.item || !this.canvas) return;
    const visible = (one) => this.choice.shows(one);
    paintOverlay(this.canvas, { ...this.item, annotations: this.tracks.at(this.frame) }, { colors: this.data.colors, visible });
  }

  apply() {
    const lanes = [...this.tracks.lanes(this.choice.shows, this.data.colors), ...spanLanes(this.item.annotations.filter(this.choice.shows), this.data.colors)];
    const built = buildLanes(lanes, this.duration, (seconds) => this.goTo(Math.round(seconds * this.fps)));
    this.head = built.head;
    this.lanes.replaceChildren(built.node);
    const all = this.item.annotations;
    this.said.textContent = `${ofAll(all.filter(this.choice.shows).length, all.length, "annotation")} · ${plural(lanes.length, "track")}`;
    this.shown(this.video.currentTime);
  }

  chosen() {
    this.apply();
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.data.url && writeUrl(this.choice.toUrl()), 350);
  }

  goTo(frame) {
    this.video.currentTime = (clamp(frame, 0, this.last) + 0.5) / this.fps;
  }

  step(by) {
    this.video.pause();
    this.goTo(this.frame + by);
  }

  toggle() {
    if (!this.video.paused) return this.video.pause();
    return this.video.play().catch((fault) => fault.name === "AbortError" || this.failed());
  }

  playing() {
    this.button.replaceChildren(sign(!this.video.paused));
    this.button.setAttribute("aria-label", this.video.paused ? "Play" : "Pause");
  }

  failed() {
    this.fault.textContent = CANNOT_SHOW;
    this.fault.hidden = false;
  }

  keyed(event) {
    const by = { ArrowLeft: -1, ArrowRight: 1, ",": -1, ".": 1, PageDown: -10, PageUp: 10 }[event.key];
    if (by) this.step(by);
    else if (event.key === " " || event.key === "Enter") this.toggle();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  stop() {
    this.video?.pause();
    this.video?.removeAttribute("src");
  }

  destroy() {
    this.resize.disconnect();
    clearTimeout(this.waiting);
    this.stop();
  }
}

export default mounted((host) => new Film(host));
