// A sheet that shows one picture with its overlay: zoom by wheel, keys or fingers, pan by drag, hover, pick.
// Its view is {scale, dx, dy}: screen pixels a picture pixel, and where the picture's corner lies.

const ZOOM_MAX = 64;
const PIXELATED_FROM = 3;
const PICK_SLACK = 2;

function tipText(found) {
  const { annotation, label } = found;
  const score = typeof annotation.score === "number" ? `  ${annotation.score.toFixed(3)}` : "";
  const rest = [annotation.change, annotation.layer, annotation.track, annotation.text].filter(Boolean);
  return [`${label ?? annotation.track ?? "no label"}${score}`, ...rest].join(" · ");
}

class Stage {
  // owner: {options(stage) for the overlay, moved(stage, byHand), pointed(annotation, stage), picked(annotation, stage)}.
  // isDriven says that plotly pans and zooms it.
  constructor(owner, label) {
    this.owner = owner;
    this.fitted = true;
    this.fingers = new Map();
    this.base = element("div", { class: "base" });
    this.canvas = element("canvas", { class: "over", "aria-hidden": "true" });
    this.tip = element("div", { class: "tip", role: "tooltip", hidden: true });
    this.node = element("div", { class: "sheet", tabindex: "0", role: "group", "aria-label": `${label}; plus and minus zoom, 0 fits, 1 shows pixels as they are, shift and arrow keys move`,
      onpointerdown: (event) => this.pressed(event), onpointermove: (event) => this.moved(event), onpointerup: (event) => this.released(event),
      onpointercancel: (event) => this.fingers.delete(event.pointerId), onpointerleave: () => this.point(null),
      ondblclick: () => this.fit(), onkeydown: (event) => this.keyed(event) }, this.base, this.canvas, this.tip);
    this.node.addEventListener("wheel", (event) => this.wheeled(event), { passive: false });
    this.resize = new ResizeObserver(() => this.resized());
    this.resize.observe(this.node);
  }

  // picture: an <img> or <canvas> that stands for the whole item. The zoom is kept where the size stays the same.
  show(item, picture) {
    const changed = this.item && (this.item.w !== item.w || this.item.h !== item.h);
    if (changed) [this.fitted, this.wanted] = [true, null];
    this.item = item;
    this.node.style.setProperty("--shape", item.w / item.h);
    this.hovered = undefined;
    this.tip.hidden = true;
    this.put(picture);
    this.resized();
  }

  put(picture) {
    if (this.base.firstChild !== picture) this.base.replaceChildren(picture);
    this.paint();
  }

  get size() {
    return [this.node.clientWidth, this.node.clientHeight];
  }

  // The view as the picture's point in the middle and the scale; null where the whole picture is fitted.
  get zoom() {
    if (this.fitted || !this.view) return this.wanted ?? null;
    const { scale, dx, dy } = this.view;
    return { x: (this.size[0] / 2 - dx) / scale, y: (this.size[1] / 2 - dy) / scale, scale };
  }

  set zoom(zoom) {
    this.wanted = zoom;
    this.fitted = !zoom;
    this.resized();
  }

  resized() {
    const [width, height] = this.size;
    if (!width || !this.item) return;
    const zoom = this.wanted ?? this.last;
    if (this.fitted || !zoom) this.view = fitInto(width, height, this.item);
    else this.view = { scale: zoom.scale, dx: width / 2 - zoom.x * zoom.scale, dy: height / 2 - zoom.y * zoom.scale };
    this.wanted = null;
    this.settle();
  }

  fit() {
    this.fitted = true;
    this.view = fitInto(...this.size, this.item);
    this.settle(true);
  }

  // One pixel of the picture on one pixel of the screen.
  actual() {
    this.zoomTo(1 / (window.devicePixelRatio || 1), ...this.size.map((side) => side / 2));
  }

  zoomBy(by, x = this.size[0] / 2, y = this.size[1] / 2) {
    this.zoomTo(this.view.scale * by, x, y);
  }

  zoomTo(wanted, x, y) {
    const least = fitInto(...this.size, this.item).scale;
    const scale = clamp(wanted, Math.min(least, 1) / 4, Math.max(ZOOM_MAX, least * 2));
    const ratio = scale / this.view.scale;
    this.look({ scale, dx: x - (x - this.view.dx) * ratio, dy: y - (y - this.view.dy) * ratio });
  }

  pan(x, y) {
    this.look({ ...this.view, dx: this.view.dx + x, dy: this.view.dy + y });
  }

  // Takes a view that a person made.
  look(view) {
    this.fitted = false;
    this.view = view;
    this.settle(true);
  }

  settle(byHand = false) {
    this.last = this.fitted ? null : this.zoom;
    this.paint();
    this.owner.moved?.(this, byHand);
  }

  wheeled(event) {
    if (this.isDriven) return;
    event.preventDefault();
    this.zoomBy(Math.exp(-event.deltaY / 400), ...this.at(event));
  }

  at(event) {
    const { left, top } = this.node.getBoundingClientRect();
    return [event.clientX - left, event.clientY - top];
  }

  pressed(event) {
    if (event.target.closest("button, a, input, select")) return;
    this.fingers.set(event.pointerId, this.at(event));
    this.travel = 0;
    if (!this.isDriven) this.node.setPointerCapture(event.pointerId);
    else window.addEventListener("pointerup", (end) => this.released(end), { once: true, capture: true }); // plotly covers the page as it drags
  }

  moved(event) {
    const [x, y] = this.at(event);
    const held = this.fingers.get(event.pointerId);
    if (held && this.isDriven) return null;
    if (!held) return void (event.pointerType === "mouse" && this.point(this.found(x, y), x, y));
    const others = [...this.fingers].filter(([id]) => id !== event.pointerId);
    this.travel += Math.hypot(x - held[0], y - held[1]);
    this.fingers.set(event.pointerId, [x, y]);
    if (!others.length) return this.pan(x - held[0], y - held[1]);
    const other = others[0][1];
    const before = Math.hypot(held[0] - other[0], held[1] - other[1]) || 1;
    return this.zoomBy(Math.hypot(x - other[0], y - other[1]) / before, (x + other[0]) / 2, (y + other[1]) / 2);
  }

  released(event) {
    const held = this.fingers.get(event.pointerId);
    if (!this.fingers.delete(event.pointerId)) return;
    if (this.isDriven) this.travel = Math.hypot(this.at(event)[0] - held[0], this.at(event)[1] - held[1]);
    if (this.travel < 4) this.owner.picked?.(this.found(...this.at(event))?.annotation ?? null, this);
  }

  found(x, y) {
    if (!this.view) return null;
    const { scale, dx, dy } = this.view;
    return annotationAt(this.item, (x - dx) / scale, (y - dy) / scale, this.options().visible, PICK_SLACK / scale);
  }

  point(found, x = 0, y = 0) {
    if (found?.annotation !== this.hovered) {
      this.hovered = found?.annotation;
      this.owner.pointed?.(this.hovered ?? null, this);
      this.paint();
    }
    this.say(found, x, y);
  }

  say(found, x, y) {
    this.tip.hidden = !found;
    if (!found) return;
    this.tip.textContent = tipText(found);
    this.tip.style.left = `${clamp(x + 12, 0, Math.max(0, this.size[0] - this.tip.offsetWidth))}px`;
    this.tip.style.top = `${clamp(y + 14, 0, Math.max(0, this.size[1] - this.tip.offsetHeight))}px`;
  }

  keyed(event) {
    const step = 60;
    const way = event.shiftKey && { ArrowLeft: [step, 0], ArrowRight: [-step, 0], ArrowUp: [0, step], ArrowDown: [0, -step] }[event.key];
    if (way) this.pan(...way);
    else if (event.ctrlKey || event.metaKey || event.altKey) return;
    else if (event.key === "+" || event.key === "=") this.zoomBy(1.25);
    else if (event.key === "-") this.zoomBy(0.8);
    else if (event.key === "0") this.fit();
    else if (event.key === "1") this.actual();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  options() {
    return { visible: () => true, hover: this.hovered, ...this.owner.options(this) };
  }

  paint() {
    cancelAnimationFrame(this.frame);
    this.frame = requestAnimationFrame(() => this.draw());
  }

  draw() {
    if (!this.view || !this.item) return;
    const { scale, dx, dy } = this.view;
    const picture = this.base.firstChild;
    if (picture) {
      picture.style.width = `${this.item.w}px`;
      picture.style.height = `${this.item.h}px`;
      picture.style.transform = `translate(${dx}px, ${dy}px) scale(${scale})`;
      picture.style.imageRendering = scale >= PIXELATED_FROM ? "pixelated" : "auto";
    }
    const options = this.options();
    const visible = (one) => options.visible(one) && this.inView(annotationBounds(one));
    paintOverlay(this.canvas, this.item, { ...options, visible, transform: this.view, onReady: () => this.paint() });
  }

  inView(bounds) {
    if (!bounds) return true;
    const { scale, dx, dy } = this.view;
    return bounds[2] * scale + dx >= 0 && bounds[3] * scale + dy >= 0 && bounds[0] * scale + dx <= this.size[0] && bounds[1] * scale + dy <= this.size[1];
  }

  destroy() {
    this.resize.disconnect();
    cancelAnimationFrame(this.frame);
  }
}

// "x,y,scale" in a link, and back; what cannot be read is no zoom.
function zoomToText(zoom) {
  return zoom ? [zoom.x.toFixed(1), zoom.y.toFixed(1), zoom.scale.toPrecision(4)].join() : null;
}

function textToZoom(text) {
  const [x, y, scale] = (text ?? "").split(",").map(Number);
  return [x, y, scale].every(Number.isFinite) && scale > 0 ? { x, y, scale: clamp(scale, 1e-4, ZOOM_MAX) } : null;
}

function buildPicture(source, caption, onFault) {
  return element("img", { src: source, alt: caption ?? "", draggable: "false", decoding: "async", onerror: onFault });
}
