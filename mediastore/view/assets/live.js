// Asks for what is new every few seconds, while the page is on screen; a chip says how much came.

class Live {
  constructor(host) {
    this.chip = element("button", { type: "button", class: "new", onclick: () => this.send("asked", Date.now()) });
    this.root = element("section", { class: "live", "aria-label": "What is new", role: "status" }, this.chip);
    host.append(this.root);
    this.listening = new AbortController();
    document.addEventListener("visibilitychange", () => this.look(), { signal: this.listening.signal });
  }

  update(data) {
    this.chip.hidden = !data.said;
    this.chip.title = data.title ?? "";
    if (this.chip.textContent !== (data.said ?? "")) this.chip.textContent = data.said ?? "";
    this.every = data.every_ms;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.look(), this.every);
  }

  // A page that is not seen asks nothing; it looks as soon as it is seen again.
  look() {
    clearTimeout(this.timer);
    if (document.visibilityState !== "visible") return;
    this.send("ticked", Date.now());
    this.timer = setTimeout(() => this.look(), this.every);
  }

  destroy() {
    clearTimeout(this.timer);
    this.listening.abort();
    this.root.remove();
  }
}

export default mounted((host) => new Live(host));
