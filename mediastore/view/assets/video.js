// One film: streamed, with the annotations of the frame that is on screen drawn over it, and its tracks in time.

const CANNOT_SHOW = "The browser cannot play this film; download it to watch it elsewhere.";

class Film extends Player {
  constructor(host) {
    super(CANNOT_SHOW);
    this.root = element("section", { class: "player film" });
    host.append(this.root);
    this.second = Number(readUrl("t")) || 0;
    this.tracked = new Set(new URL(window.location.href).searchParams.getAll("track"));
    this.resize = new ResizeObserver(() => this.paint());
    this.resize.observe(this.root);
  }

  update(data) {
    adoptChoice(this, data);
    if (data.url) setTimeout(() => this.root.isConnected && this.writePlace(), 300);
    if (data.version === this.version) return;
    this.version = data.version;
    this.data = data;
    const before = this.item;
    this.item = data.items[0];
    this.stop();
    if (before && before.name !== this.item.name) this.forgetPlace();
    else if (before) this.second = this.at;
    this.wanted = null;
    this.fps = this.item.fps || 25;
    this.tick = 1 / this.fps;
    this.tracks = new Tracks(this.item.annotations, this.fps);
    this.frame = clamp(Math.floor(this.second * this.fps + 0.05), 0, this.last);
    const facets = countFacets([this.item.annotations], data.known ?? {}, data.colors);
    this.said = element("p", { class: "summary", role: "status" });
    this.lanes = element("div", { class: "timeline" });
    this.fault.hidden = true;
    this.root.replaceChildren(filterBar(facets, this.choice, () => this.chosen()), this.said, this.buildStage(), this.buildControls(), this.fault, this.lanes);
    this.apply();
    this.follow();
    if (this.frame) this.goTo(this.frame);
  }

  buildStage() {
    const { item } = this;
    this.media = element("video", { src: item.src, poster: item.poster, preload: "metadata", playsinline: true, "aria-label": item.caption || "film" });
    this.media.muted = true;
    // A busy browser may present the frame of a quick seek without a word: so where the seek ended counts too.
    const clocks = ["loadeddata", "seeked", ...(this.media.requestVideoFrameCallback ? [] : ["timeupdate"])];
    for (const name of clocks) this.media.addEventListener(name, () => this.shown(this.media.currentTime));
    for (const name of ["play", "pause"]) this.media.addEventListener(name, () => this.playing());
    this.media.addEventListener("ended", () => this.goRound());
    this.media.addEventListener("error", () => this.failed());
    this.canvas = element("canvas", { "aria-hidden": "true" });
    const shape = item.w && item.h ? `${item.w} / ${item.h}` : "16 / 9";
    this.stage = element("div", { class: "stage", tabindex: "0", role: "group", "aria-label": "film; space plays, arrow keys step frames",
      style: { "aspect-ratio": shape, "--shape": item.w && item.h ? item.w / item.h : 16 / 9 }, onclick: () => this.toggle(), onkeydown: (event) => this.keyed(event) }, this.media, this.canvas);
    return this.stage;
  }

  buildControls() {
    this.slider = element("input", { type: "range", class: "seek", min: 0, max: this.last, step: 1, value: 0, "aria-label": "frame",
      oninput: (event) => this.goTo(Number(event.target.value)) });
    const sound = tool("Sound on or off", "volume_off", () => {
      this.media.muted = !this.media.muted;
      sound.replaceChildren(icon(this.media.muted ? "volume_off" : "volume_up"));
    });
    const speed = speedChoice((rate) => { this.media.playbackRate = rate; });
    return element("div", { class: "controls" }, this.button, tool("Previous frame (left arrow or comma)", "chevron_left", () => this.step(-1)),
      tool("Next frame (right arrow or period)", "chevron_right", () => this.step(1)), this.slider, this.again, this.clock, speed, sound,
      element("a", { class: "tool", href: `${this.item.download}?download`, download: "", title: "Download", "aria-label": "Download" }, icon("download")));
  }

  get duration() {
    return this.item.duration || this.media.duration || 1;
  }

  get last() {
    return Math.max(0, (this.item.frames || Math.round((this.item.duration || 0) * this.fps)) - 1);
  }

  // The picture on screen, not the clock: mediaTime is when the presented frame begins.
  follow() {
    if (!this.media.requestVideoFrameCallback) return;
    const film = this.media;
    const presented = (now, { mediaTime }) => {
      if (film !== this.media) return;
      this.shown(mediaTime + 0.5 / this.fps);
      film.requestVideoFrameCallback(presented);
    };
    film.requestVideoFrameCallback(presented);
  }

  shown(seconds) {
    this.frame = clamp(Math.floor(seconds * this.fps + 1e-3), 0, this.last);
    if (!this.media.seeking) this.wanted = null;
    this.slider.value = this.frame;
    this.clock.textContent = `${formatTime(this.frame / this.fps)} / ${formatTime(this.duration)} · frame ${this.frame} of ${this.last}`;
    this.showHead(this.at);
    this.goRound();
    this.paint();
    if (this.media.paused) this.keepPlace();
  }

  paint() {
    if (!this.item || !this.canvas) return;
    paintOverlay(this.canvas, { ...this.item, annotations: this.tracks.at(this.frame) }, { colors: this.data.colors, visible: this.visible });
  }

  // A track that is chosen narrows what has a track, and leaves out what has none.
  visible = (one) => this.choice.shows(one) && (!this.tracked.size || this.tracked.has(trackName(one)));

  apply() {
    const shown = this.item.annotations.filter(this.choice.shows);
    const tracks = this.tracks.lanes(this.choice.shows, this.data.colors);
    const spans = spanLanes(shown.filter((one) => !this.tracked.size || one.track !== undefined), this.data.colors);
    const jump = (seconds) => this.go(seconds);
    const titled = (lane) => laneTitle(lane, "button", { type: "button", "aria-pressed": String(this.tracked.has(lane.name)), onclick: () => this.chooseTrack(lane.name) });
    const parts = [buildLanes(tracks, this.duration, jump, titled), buildLanes(spans, this.duration, jump)];
    parts[0].classList.toggle("narrowed", this.tracked.size > 0);
    const all = this.tracked.size ? element("button", { type: "button", class: "link", text: `All ${plural(tracks.length, "track")}`,
      onclick: () => { this.tracked.clear(); this.chosen(); } }) : null;
    this.lanes.replaceChildren(...parts, this.band, this.head);
    const drawn = this.item.annotations.filter(this.visible).length;
    const chosen = tracks.filter(({ name }) => !this.tracked.size || this.tracked.has(name)).length;
    this.said.replaceChildren(`${ofAll(drawn, this.item.annotations.length, "annotation")} · ${ofAll(chosen, tracks.length, "track")} `, ...(all ? [all] : []));
    this.showHead(this.at);
    this.showLoop();
    this.paint();
  }

  chooseTrack(name) {
    toggle(this.tracked, name);
    this.chosen();
    [...this.lanes.querySelectorAll("button.lane-name")].find((button) => button.title === name)?.focus();
  }

  chosen() {
    this.apply();
    this.keepPlace();
  }

  keepPlace() {
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.writePlace(), 350);
  }

  // While it plays the second in the link stays where it was.
  writePlace() {
    if (!this.data.url) return;
    const second = this.at ? [String(Math.round(this.at * 1000) / 1000)] : [];
    writeUrl({ ...this.choice.toUrl(), track: [...this.tracked], ...(this.media.paused ? { t: second } : {}) });
  }

  // Another film begins at its beginning, with all its tracks.
  forgetPlace() {
    this.second = 0;
    this.tracked.clear();
    this.loop.forget();
  }

  // A frame that was gone to counts before it is on screen: keys are faster than films.
  get at() {
    return (this.wanted ?? this.frame) / this.fps;
  }

  seek(seconds) {
    this.wanted = clamp(Math.round(seconds * this.fps), 0, this.last);
    this.media.currentTime = (this.wanted + 0.5) / this.fps;
  }

  goTo(frame) {
    this.go(frame / this.fps);
  }

  step(by) {
    this.media.pause();
    this.goTo((this.wanted ?? this.frame) + by);
  }

  playing() {
    super.playing();
    if (this.media.paused) this.keepPlace();
  }

  walked(key) {
    const by = { ArrowLeft: -1, ArrowRight: 1, ",": -1, ".": 1, PageDown: -10, PageUp: 10, Home: -this.last, End: this.last }[key];
    if (by !== undefined) this.step(by);
    return by !== undefined;
  }

  stop() {
    this.media?.pause();
    this.media?.removeAttribute("src");
  }

  destroy() {
    this.resize.disconnect();
    clearTimeout(this.waiting);
    this.stop();
  }
}

export default mounted((host) => new Film(host));
