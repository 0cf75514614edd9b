// The headline and note of a slide, and the bar that turns it: arrows, Escape, f. Keys that a part of the slide takes stay its own.

const CALM_MS = 2500;
const WRITES = "input, select, textarea, video, audio, [contenteditable]";

class Slides {
  constructor(host) {
    this.headline = element("h1");
    this.note = element("p", { class: "note" });
    this.place = element("span", { class: "place", "aria-live": "polite" });
    this.back = tool("Slide before (left arrow)", "chevron_left", () => this.turn(this.number - 1));
    this.next = tool("Next slide (right arrow)", "chevron_right", () => this.turn(this.number + 1));
    this.full = tool("Fill the screen (f)", "fullscreen", () => this.fill());
    const bar = element("nav", { class: "bar", "aria-label": "Slides" }, this.back, this.place, this.next, this.full,
      tool("End the show (Escape)", "close", () => this.end()));
    this.body = element("div", { class: "slides" }, element("header", {}, this.headline, this.note), bar);
    host.append(this.body);
    this.listening = new AbortController();
    const { signal } = this.listening;
    window.addEventListener("keydown", (event) => this.keyed(event), { signal });
    window.addEventListener("pointermove", () => this.awake(), { signal, passive: true });
    document.addEventListener("fullscreenchange", () => this.filled(), { signal });
    this.awake();
  }

  update(data) {
    this.number = data.number;
    this.count = data.count;
    this.headline.textContent = data.headline;
    this.note.textContent = data.note;
    this.note.hidden = !data.note;
    this.place.textContent = `${data.number} of ${data.count}`;
    this.back.disabled = data.number <= 1;
    this.next.disabled = data.number >= data.count;
  }

  keyed(event) {
    const from = event.composedPath()[0];
    if (event.defaultPrevented || event.metaKey || event.ctrlKey || event.altKey) return;
    if (event.key === "Escape") {
      if (!document.fullscreenElement) this.end();
      return;
    }
    if (from instanceof Element && from.matches(WRITES)) return;
    const way = { ArrowRight: 1, PageDown: 1, ArrowLeft: -1, PageUp: -1 }[event.key];
    if (way) {
      event.preventDefault();
      this.turn(this.number + way);
    } else if (event.key === "f") this.fill();
  }

  turn(number) {
    if (number >= 1 && number <= this.count && number !== this.number) this.send("turned", number);
  }

  end() {
    if (document.fullscreenElement) document.exitFullscreen();
    this.send("turned", 0);
  }

  fill() {
    if (document.fullscreenElement) document.exitFullscreen();
    else document.documentElement.requestFullscreen().catch(() => {});
  }

  filled() {
    this.full.querySelector(".icon").textContent = document.fullscreenElement ? "fullscreen_exit" : "fullscreen";
  }

  awake() {
    this.body.classList.remove("calm");
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.body.classList.add("calm"), CALM_MS);
  }

  destroy() {
    clearTimeout(this.timer);
    this.listening.abort();
    this.body.remove();
  }
}

export default mounted((host) => new Slides(host));
