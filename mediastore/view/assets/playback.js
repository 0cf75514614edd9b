// What a sound and a film share: play and pause, speed, a loop, the second that the link names.

const SPEEDS = [0.25, 0.5, 0.75, 1, 1.25, 1.5, 2];

function sign(playing) {
  return element("span", { class: playing ? "sign pause" : "sign", "aria-hidden": "true" });
}

function speedChoice(onChange) {
  return element("select", { "aria-label": "speed", title: "Speed", onchange: (event) => onChange(Number(event.target.value)) },
    ...SPEEDS.map((rate) => element("option", { value: rate, text: `${rate}×`, selected: rate === 1 })));
}

// Where a share of the whole time stands beside the names of lanes.
function acrossTime(share) {
  return `calc(var(--names) + (100% - var(--names)) * ${clamp(share, 0, 1)})`;
}

// Two ends in seconds between which playing goes round.
class Loop {
  constructor() {
    this.forget();
  }

  forget() {
    [this.from, this.to, this.on] = [null, null, false];
  }

  get whole() {
    return this.from !== null && this.to !== null;
  }

  put(one, other) {
    [this.from, this.to, this.on] = [Math.min(one, other), Math.max(one, other), true];
  }

  // One end is put; the other stays where it makes a loop with it, else it is still to come.
  end(name, seconds) {
    this[name] = seconds;
    if (this.whole && this.from >= this.to) this[name === "from" ? "to" : "from"] = null;
    this.on = this.whole;
  }

  holds(seconds) {
    return this.on && seconds >= this.from && seconds < this.to;
  }
}

// A child has `media`, `at` and `duration` in seconds, `seek(seconds)`, `walked(key)` and `looped()`, which draws.
class Player {
  constructor(cannotPlay) {
    this.cannotPlay = cannotPlay;
    this.loop = new Loop();
    this.tick = 0; // seconds that what is shown lasts: a frame's
    this.button = element("button", { type: "button", class: "play", "aria-label": "Play", onclick: () => this.toggle() }, sign(false));
    this.clock = element("span", { class: "clock" });
    this.fault = element("p", { class: "fault", role: "alert", hidden: true });
    this.again = element("button", { type: "button", class: "again", hidden: true, title: "Loop on or off (l)", onclick: () => this.switchLoop() });
    this.band = element("div", { class: "loop", "aria-hidden": "true", hidden: true });
    this.head = element("div", { class: "head", "aria-hidden": "true" });
  }

  toggle() {
    if (!this.media.paused) return this.media.pause();
    return this.media.play().catch((fault) => fault.name === "AbortError" || this.failed());
  }

  failed() {
    this.fault.textContent = this.cannotPlay;
    this.fault.hidden = false;
  }

  playing() {
    this.button.replaceChildren(sign(!this.media.paused));
    this.button.setAttribute("aria-label", this.media.paused ? "Play" : "Pause");
  }

  // Past the loop's end it begins again. A loop that ends with the media begins again after `ended`.
  goRound() {
    const { ended, paused } = this.media;
    if (!this.loop.on || (!ended && (paused || this.at < this.loop.to - 0.005))) return;
    this.seek(this.loop.from);
    if (ended) this.media.play().catch(() => this.failed());
  }

  // Who goes elsewhere by hand leaves the loop.
  go(seconds) {
    if (this.loop.on && !this.loop.holds(seconds)) this.switchLoop();
    this.seek(seconds);
  }

  switchLoop() {
    if (!this.loop.whole) return;
    this.loop.on = !this.loop.on;
    this.showLoop();
  }

  showLoop() {
    const { from, to, on, whole } = this.loop;
    const begun = from ?? to;
    this.again.hidden = begun === null;
    this.again.setAttribute("aria-pressed", String(on));
    const said = whole ? `${formatTime(from)}–${formatTime(to)}` : `${formatTime(begun ?? 0)} …`;
    this.again.setAttribute("aria-label", `loop ${said}`);
    this.again.replaceChildren(icon("repeat"), element("span", { text: said }));
    this.band.hidden = begun === null;
    this.band.classList.toggle("off", !on);
    this.band.style.left = acrossTime((begun ?? 0) / this.duration);
    this.band.style.right = `calc((100% - var(--names)) * ${1 - clamp((to ?? begun ?? 0) / this.duration, 0, 1)})`;
  }

  showHead(seconds) {
    this.head.style.left = acrossTime(seconds / this.duration);
  }

  keyed(event) {
    if (event.metaKey || event.ctrlKey || event.altKey) return;
    const acts = { " ": () => this.toggle(), Enter: () => this.toggle(), l: () => this.switchLoop(),
      "[": () => this.loop.end("from", this.at), "]": () => this.loop.end("to", this.at + this.tick), Escape: () => this.loop.forget() };
    if (acts[event.key]) acts[event.key]();
    else if (!this.walked(event.key)) return;
    this.showLoop();
    event.preventDefault();
    event.stopPropagation();
  }
}
