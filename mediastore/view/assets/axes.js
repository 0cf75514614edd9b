// Plotly's axes over a stage: they pan, zoom and zoom into a dragged box; the stage below draws picture and overlay.

const AXES_MARGIN = { l: 0, r: 0, t: 0, b: 0 };

class Axes {
  constructor(stage, url) {
    this.stage = stage;
    this.mode = "pan";
    this.node = element("div", { class: "axes" });
    stage.canvas.after(this.node);
    this.ready = plotly(url).then((library) => this.start(library)).catch(() => this.node.remove());
  }

  get ranges() {
    const { scale, dx, dy } = this.stage.view;
    const [width, height] = this.stage.size;
    return { x: [-dx / scale, (width - dx) / scale], y: [(height - dy) / scale, -dy / scale] };
  }

  async start(library) {
    if (!this.node.isConnected || !this.stage.view) return;
    this.library = library;
    const axis = { visible: false, constrain: "range", zeroline: false };
    const { x, y } = this.ranges;
    const layout = { margin: AXES_MARGIN, autosize: true, dragmode: this.mode, hovermode: false, showlegend: false,
      paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", xaxis: { ...axis, range: x }, yaxis: { ...axis, range: y, scaleanchor: "x" } };
    const nothing = { type: "scatter", x: [null], y: [null], hoverinfo: "skip" };
    await library.newPlot(this.node, [nothing], layout, { displayModeBar: false, scrollZoom: true, showTips: false, doubleClick: false });
    this.adoptStyle();
    this.node.on("plotly_relayouting", () => this.taken());
    this.node.on("plotly_relayout", () => this.taken());
    this.stage.isDriven = true;
  }

  // Plotly writes its style into the page's head, where a shadow root does not look.
  adoptStyle() {
    const sheet = [...document.querySelectorAll("style[id^='plotly.js-style']")].flatMap((style) => [...style.sheet.cssRules]);
    this.node.append(element("style", { text: sheet.map((rule) => rule.cssText).join("\n") }));
  }

  // What plotly shows becomes the stage's view.
  taken() {
    if (this.following) return;
    const { xaxis, yaxis } = this.node._fullLayout;
    const scale = xaxis._length / (xaxis.range[1] - xaxis.range[0]);
    this.stage.look({ scale, dx: -xaxis.range[0] * scale, dy: -yaxis.range[1] * scale });
  }

  // The other way: a view that came by key, button or link.
  async follow() {
    if (!this.stage.isDriven || this.following) return;
    const { x, y } = this.ranges;
    const { xaxis, yaxis } = this.node._fullLayout;
    const close = (a, b) => Math.abs(a[0] - b[0]) + Math.abs(a[1] - b[1]) < 0.01 * (1 / this.stage.view.scale);
    if (close(xaxis.range, x) && close(yaxis.range, y)) return;
    this.following = true;
    await this.library.relayout(this.node, { "xaxis.range": x, "yaxis.range": y, width: this.stage.size[0], height: this.stage.size[1] });
    this.following = false;
    const now = this.ranges;
    if (!close(now.x, x) || !close(now.y, y)) this.follow();
  }

  drag(mode) {
    this.mode = mode;
    if (this.library) this.library.relayout(this.node, { dragmode: mode });
  }

  destroy() {
    this.stage.isDriven = false;
    if (this.library) this.library.purge(this.node);
    this.node.remove();
  }
}
