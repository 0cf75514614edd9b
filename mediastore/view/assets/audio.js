// A list of sounds: waveform, playhead, spans; one plays at a time.

const CANNOT_PLAY = "The browser cannot play this file; download it to listen elsewhere.";

class Sound {
  constructor(item, list) {
    this.item = item;
    this.list = list;
    this.media = new Audio();
    this.media.preload = "none";
    for (const [name, act] of [["timeupdate", () => this.moved()], ["play", () => this.playing()], ["pause", () => this.playing()],
      ["ended", () => this.playing()], ["error", () => this.failed()], ["loadedmetadata", () => this.moved()]]) this.media.addEventListener(name, act);
    this.build();
  }

  get duration() {
    return this.item.duration || (Number.isFinite(this.media.duration) ? this.media.duration : 0) || 1;
  }

  build() {
    const { item } = this;
    this.button = element("button", { type: "button", class: "play", "aria-label": "Play", onclick: () => this.toggle() }, sign(false));
    this.clock = element("span", { class: "clock" });
    this.fault = element("p", { class: "fault", hidden: true });
    this.canvas = element("canvas", { "aria-hidden": "true" });
    this.wave = element("div", { class: "wave", role: "slider", tabindex: "0", "aria-label": "position", "aria-valuemin": 0,
      onpointerdown: (event) => this.pointed(event), onpointermove: (event) => event.buttons && this.pointed(event),
      onkeydown: (event) => this.keyed(event) }, this.canvas);
    const heading = element("a", { class: "title", href: item.href, text: item.caption || item.where, onclick: (event) => this.list.opened(event, item) });
    const download = element("a", { class: "tool", href: `${item.src}?download`, download: "", title: "Download", "aria-label": "Download" }, icon("download"));
    const facts = Object.entries(item.values ?? {}).map(([name, value]) =>
      element("span", { class: "fact" }, element("span", { text: name }), element("b", { text: formatNumber(value) })));
    this.body = element("div", { class: "sound-body" });
    this.node = element("article", { class: "sound" }, element("header", {}, item.problem ? icon("warning") : this.button,
      element("div", { class: "what" }, heading, element("span", { class: "where" }, element("span", { text: item.caption ? item.where : "" }), ...facts)),
      item.problem ? null : this.clock, item.src ? download : null));
    if (item.problem) this.node.append(element("p", { class: "fault", text: item.problem }));
    else this.node.append(this.body, this.fault);
  }

  apply(choice) {
    if (this.item.problem) return;
    this.shown = this.item.annotations.filter(choice.shows);
    const lanes = buildLanes(spanLanes(this.shown, this.list.data.colors), this.duration, (seconds) => this.jump(seconds));
    const whole = this.shown.filter((one) => !one.span).map((one) => element("span", { class: "pill", text: annotationText(one),
      style: { background: annotationColor(one, this.list.data.colors), color: inkOn(annotationColor(one, this.list.data.colors)) } }));
    this.head = element("div", { class: "head", "aria-hidden": "true" });
    this.body.replaceChildren(...whole, element("div", { class: "timeline" }, this.wave, lanes.node, this.head));
    this.draw();
    this.moved();
  }

  draw() {
    const ratio = Math.min(2, window.devicePixelRatio || 1);
    const [width, height] = [this.canvas.clientWidth, this.canvas.clientHeight];
    if (!width) return;
    this.canvas.width = width * ratio;
    this.canvas.height = height * ratio;
    const context = this.canvas.getContext("2d");
    context.scale(ratio, ratio);
    const ink = getComputedStyle(this.node).color;
    const all = (this.shown ?? []).filter((one) => one.span);
    const found = all.filter((one) => !isTruth(one.layer));
    const spans = found.length ? found : all;
    context.globalAlpha = 0.16;
    for (const one of spans) {
      context.fillStyle = annotationColor(one, this.list.data.colors);
      context.fillRect((one.span[0] / this.duration) * width, 0, Math.max(1, ((one.span[1] - one.span[0]) / this.duration) * width), height);
    }
    context.globalAlpha = 0.8;
    context.fillStyle = ink;
    const peaks = this.item.peaks ?? [];
    const count = peaks.length / 2;
    for (let x = 0; count && x < width; x += 3) {
      const from = Math.floor((x / width) * count);
      const to = Math.max(from + 1, Math.floor(((x + 3) / width) * count));
      const low = Math.min(...peaks.slice(from * 2, to * 2).filter((peak, at) => at % 2 === 0));
      const high = Math.max(...peaks.slice(from * 2, to * 2).filter((peak, at) => at % 2 === 1));
      const top = (height / 2) * (1 - high / 127);
      context.fillRect(x, top, 2, Math.max(1, ((high - low) / 254) * height));
    }
    if (!count) context.fillRect(0, height / 2, width, 1);
  }

  moved() {
    const at = this.media.currentTime;
    if (this.head) this.head.style.left = `calc(var(--names) + (100% - var(--names)) * ${clamp(at / this.duration, 0, 1)})`;
    this.clock.textContent = `${formatTime(at)} / ${formatTime(this.duration)}`;
    this.wave.setAttribute("aria-valuenow", at.toFixed(1));
    this.wave.setAttribute("aria-valuemax", this.duration.toFixed(1));
    this.wave.setAttribute("aria-valuetext", formatTime(at));
  }

  playing() {
    const on = !this.media.paused;
    this.button.replaceChildren(sign(on));
    this.button.setAttribute("aria-label", on ? "Pause" : "Play");
    cancelAnimationFrame(this.frame);
    const follow = () => {
      this.moved();
      this.frame = requestAnimationFrame(follow);
    };
    if (on) follow();
  }

  failed() {
    this.fault.textContent = CANNOT_PLAY;
    this.fault.hidden = false;
  }

  ready() {
    if (!this.media.src) this.media.src = this.item.src;
  }

  toggle() {
    this.ready();
    if (!this.media.paused) return this.media.pause();
    this.list.sounds.forEach((other) => other !== this && other.media.pause());
    return this.media.play().catch((fault) => fault.name === "AbortError" || this.failed());
  }

  seek(seconds) {
    this.ready();
    const go = () => { this.media.currentTime = clamp(seconds, 0, this.duration); };
    if (this.media.readyState) return go();
    this.media.addEventListener("loadedmetadata", go, { once: true });
    this.media.preload = "metadata";
    return this.media.load();
  }

  jump(seconds) {
    this.seek(seconds);
    if (this.media.paused) this.toggle();
  }

  pointed(event) {
    const { left, width } = this.wave.getBoundingClientRect();
    this.seek(((event.clientX - left) / width) * this.duration);
  }

  keyed(event) {
    const way = { ArrowLeft: -1, ArrowRight: 1, PageDown: -10, PageUp: 10 }[event.key];
    if (way) this.seek(this.media.currentTime + way);
    else if (event.key === " " || event.key === "Enter") this.toggle();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  destroy() {
    cancelAnimationFrame(this.frame);
    this.media.pause();
    this.media.removeAttribute("src");
  }
}
