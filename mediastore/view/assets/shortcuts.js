// The list of keyboard shortcuts: behind "?" wherever nobody writes, and behind a small button.

const WRITES = "input:not([type=range], [type=checkbox]), select, textarea, [contenteditable], [role=textbox], [role=combobox]";

class Shortcuts {
  constructor(host) {
    this.button = element("button", { type: "button", class: "open", title: "Keyboard shortcuts (?)", "aria-label": "Keyboard shortcuts",
      "aria-haspopup": "dialog", text: "?", onclick: () => this.open() });
    this.lists = element("div", { class: "lists", tabindex: "0", role: "group", "aria-label": "Keys and what they do" });
    this.dialog = element("dialog", { "aria-labelledby": "shortcuts-title", onclick: (event) => event.target === this.dialog && this.dialog.close(),
      onkeydown: (event) => event.stopPropagation() },
      element("header", {}, element("h2", { id: "shortcuts-title", text: "Keyboard shortcuts" }), tool("Close (Escape)", "close", () => this.dialog.close())), this.lists);
    this.root = element("section", { class: "shortcuts", "aria-label": "Help" }, this.button, this.dialog);
    host.append(this.root);
    this.listening = new AbortController();
    window.addEventListener("keydown", (event) => this.keyed(event), { signal: this.listening.signal });
  }

  update(data) {
    if (data.version === this.version) return;
    this.version = data.version;
    this.button.hidden = Boolean(data.quiet);
    this.lists.replaceChildren(...data.lists.flatMap(({ title, keys }) => [element("h3", { text: title }), element("dl", {}, ...keys.map(([key, act]) =>
      element("div", {}, element("dt", {}, element("kbd", { text: key })), element("dd", { text: act }))))]));
  }

  keyed(event) {
    const from = event.composedPath()[0];
    if (event.key !== "?" || event.defaultPrevented || event.metaKey || event.ctrlKey || event.altKey) return;
    if (from instanceof Element && from.matches(WRITES)) return;
    event.preventDefault();
    this.open();
  }

  open() {
    if (!this.dialog.open) this.dialog.showModal();
  }

  destroy() {
    this.listening.abort();
    this.root.remove();
  }
}

export default mounted((host) => new Shortcuts(host));
