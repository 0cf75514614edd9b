// One picture with very many annotations: zoom by wheel or keys, pan by drag, hover; drawn on a canvas, so it never drags.

const ZOOM_MAX = 40;

class Viewer {
  constructor(host) {
    this.root = element("section", { class: "viewer" });
    host.append(this.root);
    this.resize = new ResizeObserver(() => this.fit());
  }

  update(data) {
    if (data.version === this.version) return;
    const same = this.data?.item.src === data.item.src;
    this.version = data.version;
    this.data = data;
    this.item = data.item;
    if (!same) this.build();
    this.paint();
  }

  build() {
    this.picture = element("img", { src: this.item.src, alt: this.item.caption ?? "", draggable: "false" });
    this.canvas = element("canvas", { "aria-hidden": "true" });
    this.tip = element("div", { class: "tip", role: "tooltip", hidden: true });
    const tool = (name, sign, act) => element("button", { type: "button", class: "tool", "aria-label": name, title: name, onclick: act }, icon(sign));
    this.stage = element("div", { class: "sheet", tabindex: "0", "aria-label": "picture; plus and minus zoom, arrow keys move, 0 fits",
      onpointerdown: (event) => this.grab(event), onpointermove: (event) => this.moved(event), onpointerleave: () => this.point(null),
      ondblclick: () => this.fit(), onkeydown: (event) => this.keyed(event) }, this.picture, this.canvas, this.tip);
    this.stage.addEventListener("wheel", (event) => this.wheeled(event), { passive: false });
    this.root.replaceChildren(this.stage, element("div", { class: "tools" }, tool("Zoom in", "add", () => this.zoom(1.5)),
      tool("Zoom out", "remove", () => this.zoom(1 / 1.5)), tool("Fit", "fit_screen", () => this.fit())));
    this.resize.disconnect();
    this.resize.observe(this.stage);
  }

  fit() {
    const { clientWidth, clientHeight } = this.stage;
    this.view = fitInto(clientWidth, clientHeight, this.item);
    this.least = this.view.scale;
    this.paint();
  }

  zoom(by, x = this.stage.clientWidth / 2, y = this.stage.clientHeight / 2) {
    const scale = clamp(this.view.scale * by, this.least, this.least * ZOOM_MAX);
    const ratio = scale / this.view.scale;
    this.view = { scale, dx: x - (x - this.view.dx) * ratio, dy: y - (y - this.view.dy) * ratio };
    this.paint();
  }

  wheeled(event) {
    event.preventDefault();
    const { left, top } = this.stage.getBoundingClientRect();
    this.zoom(Math.exp(-event.deltaY / 400), event.clientX - left, event.clientY - top);
  }

  grab(event) {
    this.held = { x: event.clientX - this.view.dx, y: event.clientY - this.view.dy };
    this.stage.setPointerCapture(event.pointerId);
  }

  moved(event) {
    if (event.buttons && this.held) {
      this.view = { ...this.view, dx: event.clientX - this.held.x, dy: event.clientY - this.held.y };
      this.paint();
      return;
    }
    const { left, top } = this.stage.getBoundingClientRect();
    const [x, y] = [event.clientX - left, event.clientY - top];
    const { scale, dx, dy } = this.view;
    this.point(annotationAt(this.item, (x - dx) / scale, (y - dy) / scale, () => true, 2 / scale), x, y);
  }

  point(found, x = 0, y = 0) {
    if (found?.annotation !== this.hovered) {
      this.hovered = found?.annotation;
      this.paint();
    }
    this.tip.hidden = !found;
    if (!found) return;
    const score = typeof found.annotation.score === "number" ? `  ${found.annotation.score.toFixed(3)}` : "";
    this.tip.textContent = `${found.label ?? "no label"}${score} · ${found.annotation.layer ?? ""}`;
    this.tip.style.left = `${clamp(x + 12, 0, this.stage.clientWidth - this.tip.offsetWidth)}px`;
    this.tip.style.top = `${y + 14}px`;
  }

  keyed(event) {
    const step = 60;
    const move = { ArrowLeft: [step, 0], ArrowRight: [-step, 0], ArrowUp: [0, step], ArrowDown: [0, -step] }[event.key];
    if (move) {
      this.view = { ...this.view, dx: this.view.dx + move[0], dy: this.view.dy + move[1] };
      this.paint();
    } else if (event.key === "+" || event.key === "=") this.zoom(1.25);
    else if (event.key === "-") this.zoom(0.8);
    else if (event.key === "0") this.fit();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  paint() {
    cancelAnimationFrame(this.frame);
    this.frame = requestAnimationFrame(() => {
      if (!this.view) return;
      const { scale, dx, dy } = this.view;
      this.picture.style.width = `${this.item.w}px`;
      this.picture.style.height = `${this.item.h}px`;
      this.picture.style.transform = `translate(${dx}px, ${dy}px) scale(${scale})`;
      this.picture.style.imageRendering = scale > 4 ? "pixelated" : "auto";
      const inView = (one) => this.inView(annotationBounds(one));
      paintOverlay(this.canvas, this.item, { colors: this.data.colors, visible: inView, transform: this.view, hover: this.hovered, onReady: () => this.paint() });
    });
  }

  inView(bounds) {
    if (!bounds) return true;
    const { scale, dx, dy } = this.view;
    return bounds[2] * scale + dx > 0 && bounds[3] * scale + dy > 0
      && bounds[0] * scale + dx < this.stage.clientWidth && bounds[1] * scale + dy < this.stage.clientHeight;
  }

  destroy() {
    this.resize.disconnect();
    cancelAnimationFrame(this.frame);
  }
}

export default mounted((host) => new Viewer(host));
