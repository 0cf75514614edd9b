// One sound of a list: waveform or spectrogram, playhead, loop, spans, transcript; one plays at a time.

const CANNOT_PLAY = "The browser cannot play this file; download it to listen elsewhere.";
const WALKS = { ArrowLeft: -1, ArrowRight: 1, PageDown: -10, PageUp: 10, ",": -0.1, ".": 0.1 };
const DRAGGED = 5; // pixels that make a selection of a click
const SPECTRUM_WIDTH = 1024;

class Sound extends Player {
  constructor(item, list) {
    super(CANNOT_PLAY);
    this.item = item;
    this.list = list;
    this.at = 0;
    this.media = new Audio();
    this.media.preload = "none";
    for (const [name, act] of [["timeupdate", () => this.moved()], ["play", () => this.playing()], ["pause", () => this.playing()],
      ["ended", () => this.moved()], ["error", () => this.failed()], ["loadedmetadata", () => this.show()]]) this.media.addEventListener(name, act);
    this.build();
  }

  get length() {
    return this.item.duration || (Number.isFinite(this.media.duration) ? this.media.duration : 0) || 1;
  }

  // The time that the picture spans: takes that are compared share the longest.
  get duration() {
    return this.list.data.together ? Math.max(...this.list.data.items.map((item) => item.duration || 0), this.length) : this.length;
  }

  build() {
    const { item } = this;
    this.canvas = element("canvas", { "aria-hidden": "true" });
    this.spectrum = element("img", { alt: "", loading: "lazy", hidden: true, onload: () => this.spectrumCame() });
    const channels = (item.peaks ?? []).length;
    this.wave = element("div", { class: "wave", role: "slider", tabindex: "0", "aria-valuemin": 0, style: { "--rows": Math.max(1, channels) },
      "aria-label": `position in ${item.caption || item.where || "sound"}${channels > 1 ? `, ${channels} channels` : ""}`,
      onpointerdown: (event) => this.pressed(event), onpointermove: (event) => this.dragged(event), onpointerup: (event) => this.released(event),
      onpointercancel: () => { this.began = null; }, onkeydown: (event) => this.keyed(event) }, this.spectrum, this.canvas);
    this.channels = new Channels(this.media, channels);
    const heading = element("a", { class: "title", href: item.href, text: item.caption || item.where, onclick: (event) => this.list.opened(event, item) });
    const download = element("a", { class: "tool", href: `${item.src}?download`, download: "", title: "Download", "aria-label": "Download" }, icon("download"));
    const facts = Object.entries(item.values ?? {}).map(([name, value]) =>
      element("span", { class: "fact" }, element("span", { text: name }), element("b", { text: formatNumber(value) })));
    const takes = item.takes ? tool(`Compare with ${plural(item.takes, "other take")} of this sample`, "compare_arrows", () => this.list.send("compared", item.id)) : null;
    this.body = element("div", { class: "sound-body" });
    this.node = element("article", { class: "sound" }, element("header", {}, item.problem ? icon("warning") : this.button,
      element("div", { class: "what" }, heading, element("span", { class: "where" }, element("span", { text: item.caption ? item.where : "" }), ...facts)),
      ...(item.problem ? [] : [this.again, this.channels.node, this.clock]), takes, item.src ? download : null));
    if (item.problem) this.node.append(element("p", { class: "fault", text: item.problem }));
    else this.node.append(this.body, this.fault);
  }

  apply(choice) {
    if (this.item.problem) return;
    this.shown = this.item.annotations.filter(choice.shows);
    const lanes = buildLanes(spanLanes(this.shown, this.list.data.colors), this.duration, (seconds) => this.jump(seconds));
    const whole = this.shown.filter((one) => !one.span).map((one) => element("span", { class: "pill", text: annotationText(one),
      style: { background: annotationColor(one, this.list.data.colors), color: inkOn(annotationColor(one, this.list.data.colors)) } }));
    this.transcript = new Transcript(this.shown, this.list.data.colors, (seconds) => this.jump(seconds));
    this.body.replaceChildren(...whole, element("div", { class: "timeline" }, this.wave, lanes, this.band, this.head), ...this.transcript.nodes);
    this.draw();
    this.show();
    this.showLoop();
  }

  draw() {
    if (this.item.problem) return;
    const way = this.item.spectra ? this.list.look : "wave";
    this.spectrum.hidden = way === "wave";
    this.wave.classList.toggle("spectral", way !== "wave");
    if (way !== "wave" && this.spectrum.getAttribute("src") !== this.item.spectra[way]) this.spectrum.src = this.item.spectra[way];
    this.spectrum.style.width = `${(100 * this.length) / this.duration}%`;
    const ratio = Math.min(2, window.devicePixelRatio || 1);
    const [width, height] = [this.canvas.clientWidth, this.canvas.clientHeight];
    if (!width) return;
    this.canvas.width = width * ratio;
    this.canvas.height = height * ratio;
    const context = this.canvas.getContext("2d");
    context.scale(ratio, ratio);
    const found = this.shown?.some((one) => one.span && !isTruth(one.layer));
    const spans = (this.shown ?? []).filter((one) => one.span && !(found && isTruth(one.layer)));
    drawBands(context, spans, this.list.data.colors, this.duration, [width, height], way === "wave" ? 0.16 : 0.3);
    if (way === "wave") drawWaves(context, this.item.peaks ?? [], getComputedStyle(this.node).color, [width * this.length / this.duration, height]);
    else drawTicks(context, this.item.ticks[way], height);
  }

  // What is no spectrogram is a card with a sentence, which is not stretched.
  spectrumCame() {
    this.spectrum.classList.toggle("card", this.spectrum.naturalWidth !== SPECTRUM_WIDTH);
  }

  moved() {
    if (!this.media.readyState) return;
    this.at = this.media.currentTime;
    this.goRound();
    this.list.follow(this);
    this.show();
  }

  show() {
    this.showHead(this.at);
    this.clock.textContent = `${formatTime(this.at)} / ${formatTime(this.length)}`;
    this.wave.setAttribute("aria-valuenow", this.at.toFixed(1));
    this.wave.setAttribute("aria-valuemax", this.length.toFixed(1));
    this.wave.setAttribute("aria-valuetext", formatTime(this.at));
    this.transcript?.mark(this.at);
  }

  playing() {
    super.playing();
    cancelAnimationFrame(this.frame);
    const follow = () => {
      this.moved();
      this.frame = requestAnimationFrame(follow);
    };
    if (this.media.paused) this.list.keepPlace(this);
    else follow();
  }

  // Begins where the playhead stands, which another take may have moved.
  toggle() {
    if (this.media.paused) this.list.sounds.forEach((other) => other !== this && other.media.pause());
    if (this.media.paused && Math.abs(this.media.currentTime - this.at) > 0.05) this.seek(this.at);
    this.ready();
    return super.toggle();
  }

  ready() {
    if (!this.media.src) this.media.src = this.item.src;
    this.media.playbackRate = this.media.defaultPlaybackRate = this.list.speed;
  }

  seek(seconds) {
    this.ready();
    const wanted = clamp(seconds, 0, this.length);
    const go = () => { this.media.currentTime = wanted; };
    this.at = wanted;
    this.list.follow(this);
    this.list.keepPlace(this);
    this.show();
    if (this.media.readyState) return go();
    this.media.addEventListener("loadedmetadata", go, { once: true });
    this.media.preload = "metadata";
    return this.media.load();
  }

  jump(seconds) {
    this.go(seconds);
    if (this.media.paused) this.toggle();
  }

  secondsAt(event) {
    const { left, width } = this.wave.getBoundingClientRect();
    return clamp((event.clientX - left) / width, 0, 1) * this.duration;
  }

  pressed(event) {
    if (event.button) return;
    this.began = { x: event.clientX, at: this.secondsAt(event) };
    this.wave.setPointerCapture(event.pointerId);
  }

  dragged(event) {
    if (!this.began || Math.abs(event.clientX - this.began.x) < DRAGGED) return;
    this.loop.put(this.began.at, Math.min(this.length, this.secondsAt(event)));
    this.showLoop();
  }

  released(event) {
    if (!this.began) return;
    const wasDragged = Math.abs(event.clientX - this.began.x) >= DRAGGED;
    this.began = null;
    if (wasDragged) this.seek(this.loop.from);
    else this.go(this.secondsAt(event));
  }

  walked(key) {
    if (WALKS[key]) this.go(this.at + WALKS[key]);
    else if (key === "o" && this.list.data.together) this.list.toOther(this);
    else return false;
    return true;
  }

  destroy() {
    cancelAnimationFrame(this.frame);
    this.media.pause();
    this.channels.destroy();
    this.media.removeAttribute("src");
  }
}
