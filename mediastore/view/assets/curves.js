// Metric curves: plotly draws them, one small chart a metric; the place in each is kept as runs grow.

function faint(color, share) {
  return `color-mix(in srgb, ${color} ${share}%, transparent)`;
}

function solid(host, color) {
  const probe = element("i", { style: { color, display: "none" } });
  host.append(probe);
  const [red, green, blue, alpha = 1] = getComputedStyle(probe).color.match(/[\d.]+/g).map(Number);
  const scale = getComputedStyle(probe).color.startsWith("color(") ? 255 : 1;
  probe.remove();
  return `rgba(${red * scale},${green * scale},${blue * scale},${alpha})`;
}

class Curves {
  constructor(host) {
    this.host = host;
    this.root = element("section", { class: "curves" });
    host.append(this.root);
    this.charts = new Map();
    this.seen = new IntersectionObserver((entries) => entries.forEach((entry) => {
      entry.target.chart.near = entry.isIntersecting;
      if (entry.isIntersecting) this.paint(entry.target.chart);
    }), { rootMargin: "300px" });
    this.resize = new ResizeObserver((entries) => entries
      .filter(({ target, contentRect }) => target.chart.drawn && target.isConnected && contentRect.width > 0) // plotly throws at what is hidden
      .forEach(({ target }) => window.Plotly.Plots.resize(target)));
  }

  update(data) {
    const inks = getComputedStyle(this.host);
    const read = (name) => inks.getPropertyValue(name).trim();
    const version = [data.version, read("--st-text-color"), read("--st-background-color")].join();
    if (version === this.version) return;
    this.version = version;
    if (data.url) this.adoptZooms(data);
    this.data = data;
    this.ink = read("--st-text-color") || "#1d1c1a";
    this.font = read("--st-font") || "sans-serif";
    const wanted = new Set(data.groups.flatMap((group) => group.charts.map((chart) => chart.id)));
    for (const [id, chart] of this.charts) if (!wanted.has(id)) this.drop(id, chart);
    this.root.classList.toggle("wide", Boolean(data.wide));
    this.root.replaceChildren(this.legend(data.runs), ...data.groups.map((group) => this.section(group)));
  }

  // What is looked at closer stands in the link: "10..16|0.2..0.9@val/loss". Other axes have other ranges.
  adoptZooms(data) {
    const axes = `${data.x} ${data.looks?.log}`;
    if (this.axes === undefined) this.zooms = new Map(new URL(window.location.href).searchParams.getAll("zoom").map(zoomOfText).filter(Boolean));
    else if (this.axes !== axes) {
      this.zooms.clear();
      writeUrl({ zoom: [] });
    }
    this.axes = axes;
  }

  legend(runs) {
    const hint = element("li", { class: "hint", text: this.data.hint ?? "Click for the media of a step · drag to zoom · double-click to zoom out" });
    return element("ul", { class: "legend" }, ...runs.map((run) => element("li", {},
      element("span", { class: "dot", style: { background: run.color } }), element("span", { text: run.name }))), hint);
  }

  section(group) {
    const heading = group.title ? element("h3", { text: group.title }) : null;
    return element("div", { class: "group" }, heading, element("div", { class: "grid" }, ...group.charts.map((chart) => this.place(chart))));
  }

  place(given) {
    let chart = this.charts.get(given.id);
    if (!chart) {
      const plot = element("div", { class: "plot" });
      const title = element("h4", {});
      const remark = element("p", {});
      const line = element("div", { class: "cursor", hidden: true });
      chart = { plot, title, remark, line, node: element("figure", {}, element("figcaption", {}, title, remark), element("div", { class: "stage" }, plot, line)) };
      plot.chart = chart;
      this.charts.set(given.id, chart);
      this.seen.observe(plot);
      this.resize.observe(plot);
    }
    chart.given = given;
    chart.stale = true;
    chart.title.textContent = given.title;
    chart.title.title = given.id;
    chart.remark.textContent = given.remark;
    chart.plot.setAttribute("role", "img");
    chart.plot.setAttribute("aria-label", given.alt);
    if (chart.near) this.paint(chart);
    return chart.node;
  }

  async paint(chart) {
    if (!chart.stale) return;
    chart.stale = false;
    const library = await plotly(this.data.plotly);
    if (!this.host.isConnected) return; // the page was left while plotly was on its way
    const { data, layout } = this.themed(chart.given.figure);
    const zoom = chart.drawn ? null : this.zooms?.get(chart.given.id);
    if (zoom) {
      chart.opened = true;
      Object.assign(layout.xaxis, { range: zoom.x, autorange: false });
      if (zoom.y) Object.assign(layout.yaxis, { range: zoom.y, autorange: false });
    }
    await library.react(chart.plot, data, layout, { displayModeBar: false, showTips: false, doubleClick: chart.opened ? "autosize" : "reset" });
    if (!chart.drawn) this.listen(chart);
    chart.drawn = true;
  }

  themed(figure) {
    const soft = solid(this.host, faint(this.ink, 68));
    const grid = solid(this.host, faint(this.ink, 10));
    const axis = { gridcolor: grid, linecolor: grid, tickfont: { color: soft }, fixedrange: matchMedia("(pointer: coarse)").matches };
    const marked = this.data.mark === null || this.data.mark === undefined ? [] : [{
      type: "line", x0: this.data.mark, x1: this.data.mark, yref: "paper", y0: 0, y1: 1, line: { color: this.ink, width: 1.5, dash: "dot" },
    }];
    const { smooth = 0, log = false } = this.data.looks ?? {};
    const y = log ? { type: "log", autorange: true, dtick: undefined } : {};
    return { data: smooth ? figure.data.flatMap((trace) => this.smoothed(trace, smooth)) : figure.data, layout: {
      ...figure.layout, autosize: true, shapes: marked, font: { family: this.font, size: 12, color: this.ink },
      xaxis: { ...axis, ...figure.layout.xaxis, spikecolor: soft, spikethickness: 1, spikedash: "solid" }, yaxis: { ...axis, ...figure.layout.yaxis, ...y },
      hoverlabel: { bgcolor: solid(this.host, "var(--st-background-color)"), bordercolor: grid, font: { family: this.font, size: 12, color: this.ink } },
    } };
  }

  // The raw line, faint, under an exponential moving average that does not begin at zero.
  smoothed(trace, weight) {
    let sum = 0;
    let total = 0;
    const y = trace.y.map((value) => {
      [sum, total] = [sum * weight + value * (1 - weight), total * weight + (1 - weight)];
      return sum / total;
    });
    const raw = { ...trace, mode: "lines", line: { ...trace.line, width: 1 }, opacity: 0.28, hoverinfo: "skip", hovertemplate: undefined };
    return [raw, { ...trace, y, mode: "lines", text: trace.y.map(formatNumber), hovertemplate: "%{y:.4~g} (raw %{text})" }];
  }

  listen(chart) {
    chart.plot.on("plotly_click", ({ points }) => this.send("picked", { step: points[0].x, metric: chart.given.id, run: points[0].data.meta, custom: points[0].customdata ?? null }));
    chart.plot.on("plotly_hover", ({ points }) => this.follow(points[0].x, chart));
    chart.plot.on("plotly_unhover", () => this.follow(null, chart));
    chart.plot.on("plotly_relayout", (change) => this.lookCloser(chart, change));
  }

  // A part of a line that has more points than are here is asked for anew.
  lookCloser(chart, change) {
    if (!Object.keys(change).some((name) => /^[xy]axis\.(range|autorange)/.test(name))) return;
    const { xaxis, yaxis } = chart.plot._fullLayout;
    if (this.data.url) {
      if (xaxis.autorange && yaxis.autorange) this.zooms.delete(chart.given.id);
      else this.zooms.set(chart.given.id, { x: [...xaxis.range], y: yaxis.autorange ? null : [...yaxis.range] });
      writeUrl({ zoom: this.zoomTexts });
    }
    if (chart.given.more && Object.keys(change).some((name) => name.startsWith("xaxis"))) this.send("zoomed", { zoom: this.zoomTexts });
  }

  get zoomTexts() {
    const said = (range) => range.map((end) => Number(end.toPrecision(7))).join("..");
    return [...this.zooms].map(([id, { x, y }]) => `${said(x)}${y ? `|${said(y)}` : ""}@${id}`);
  }

  // The same step on the other charts, without asking plotly to draw anything.
  follow(step, from) {
    for (const chart of this.charts.values()) {
      const axis = chart.plot._fullLayout?.xaxis;
      const at = step === null || chart === from || !chart.near || !axis ? null : axis.d2p(step);
      chart.line.hidden = at === null || at < 0 || at > axis._length;
      if (!chart.line.hidden) chart.line.style.transform = `translateX(${axis._offset + at}px)`;
    }
  }

  drop(id, chart) {
    this.seen.unobserve(chart.plot);
    this.resize.unobserve(chart.plot);
    if (chart.drawn) window.Plotly.purge(chart.plot);
    this.charts.delete(id);
  }

  destroy() {
    this.seen.disconnect();
    this.resize.disconnect();
    for (const [id, chart] of [...this.charts]) this.drop(id, chart);
    this.root.remove();
  }
}

// [metric, {x, y}] of "10..16|0.2..0.9@val/loss", null of anything else.
function zoomOfText(text) {
  const at = text.indexOf("@");
  const [x, y] = text.slice(0, Math.max(0, at)).split("|").map((range) => range.split("..").map(Number));
  const isRange = (range) => range.length === 2 && range.every(Number.isFinite) && range[0] < range[1];
  return at > 0 && isRange(x) && (!y || isRange(y)) ? [text.slice(at + 1), { x, y: y ?? null }] : null;
}

export default mounted((host) => new Curves(host));
