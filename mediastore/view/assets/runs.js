// The runs in view: a legend of the colours that every page uses, and the way to choose others.

const ROWS = 12;

class Runs {
  constructor(host) {
    this.root = element("section", { class: "runs", "aria-label": "Runs in view" });
    host.append(this.root);
    this.rows = ROWS;
  }

  update(data) {
    this.data = data;
    const chosen = new Set(data.selected);
    const first = data.runs.filter((run, at) => at < this.rows || chosen.has(run.ref));
    const rest = data.runs.length - first.length;
    const head = element("div", { class: "head" }, element("h2", { text: "Runs" }),
      element("span", { class: "count", text: `${chosen.size} of ${data.runs.length}` }),
      data.explicit ? element("button", { type: "button", class: "link", text: "Newest", title: "Back to the newest runs", onclick: () => this.send("chosen", { refs: [] }) }) : null);
    const more = rest > 0 ? element("button", { type: "button", class: "link more", text: `${rest} more`, onclick: () => {
      this.rows += 50;
      this.update(this.data);
    } }) : null;
    this.root.replaceChildren(head, element("ul", {}, ...first.map((run) => this.row(run, chosen))), ...(more ? [more] : []));
  }

  row(run, chosen) {
    const on = chosen.has(run.ref);
    const say = run.status === "finished" ? null : element("span", { class: `status ${run.status}`, text: run.status });
    return element("li", {}, element("button", { type: "button", class: "run", "aria-pressed": String(on), title: run.ref, onclick: () => this.toggle(run.ref) },
      element("span", { class: "dot", style: { "--color": run.color } }), element("span", { class: "name", text: run.name }), say));
  }

  toggle(ref) {
    const chosen = new Set(this.data.selected);
    if (!chosen.delete(ref)) chosen.add(ref);
    this.data.selected = [...chosen];
    this.update(this.data);
    this.send("chosen", { refs: [...chosen] });
  }

  destroy() {
    this.root.remove();
  }
}

export default mounted((host) => new Runs(host));
