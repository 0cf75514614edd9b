// The one drawing of annotations over a picture: gallery tile, video frame, large view.
// An item is {w, h, annotations}; annotations are as in the sidecar, in the item's pixels.

const TRUTH_LAYERS = new Set(["ground_truth", "ground truth", "truth", "target", "targets", "gt"]);
const PLAIN = "#9aa0a6";

function isTruth(layer) {
  return TRUTH_LAYERS.has(String(layer).toLowerCase());
}

// colors: a colour for each label, or a function of the annotation.
function annotationColor(annotation, colors) {
  if (typeof colors === "function") return colors(annotation);
  return /^#[0-9a-f]{6}$/i.test(annotation.color ?? "") ? annotation.color : (colors[annotation.label] ?? PLAIN);
}

function annotationText(annotation, digits = 2) {
  const score = typeof annotation.score === "number" ? annotation.score.toFixed(digits) : "";
  return [annotation.label ?? annotation.track ?? "", score].filter(Boolean).join(" ");
}

// A point that is absent has null for x and y.
function isPlaced(point) {
  return Boolean(point) && point[0] !== null && point[1] !== null;
}

function pointBounds(given) {
  const points = given.filter(isPlaced);
  if (!points.length) return null;
  const xs = points.map((point) => point[0]);
  const ys = points.map((point) => point[1]);
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
}

// [x0, y0, x1, y1] of an annotation in pixels, or null for one that covers the whole item.
function annotationBounds(annotation) {
  if (annotation.bounds !== undefined) return annotation.bounds;
  let bounds = null;
  if (annotation.box) bounds = annotation.box;
  else if (annotation.points?.length) bounds = pointBounds(annotation.points);
  else if (annotation.rle) {
    const mask = rleBitmap(annotation.rle, 1);
    bounds = [mask.x, mask.y, mask.x + mask.width, mask.y + mask.height];
  }
  return (annotation.bounds = bounds);
}

function fitInto(width, height, item) {
  const scale = Math.min(width / item.w, height / item.h);
  return { scale, dx: (width - item.w * scale) / 2, dy: (height - item.h * scale) / 2 };
}

function luminance(color) {
  const parts = [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16) / 255);
  const linear = parts.map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
}

function inkOn(color) {
  return luminance(color) > 0.18 ? "#000000" : "#ffffff";
}

function haloOf(color) {
  return luminance(color) > 0.18 ? "rgba(0,0,0,.5)" : "rgba(255,255,255,.6)";
}

function tracePath(context, annotation, { scale, dx, dy }) {
  if (annotation.type === "box" && annotation.box) {
    const [x0, y0, x1, y1] = annotation.box;
    context.rect(x0 * scale + dx, y0 * scale + dy, (x1 - x0) * scale, (y1 - y0) * scale);
  } else if (annotation.type === "polygon" && annotation.points) {
    annotation.points.forEach(([x, y], index) =>
      index ? context.lineTo(x * scale + dx, y * scale + dy) : context.moveTo(x * scale + dx, y * scale + dy));
    context.closePath();
  } else if (annotation.type === "keypoints" && annotation.points) {
    for (const [from, to] of annotation.skeleton ?? []) {
      const [a, b] = [annotation.points[from], annotation.points[to]];
      if (!isPlaced(a) || !isPlaced(b)) continue;
      context.moveTo(a[0] * scale + dx, a[1] * scale + dy);
      context.lineTo(b[0] * scale + dx, b[1] * scale + dy);
    }
  }
}

function strokeAnnotations(context, shown, view) {
  const strokes = [[3, (one) => haloOf(annotationColor(one, view.colors))], [1.5, (one) => annotationColor(one, view.colors)]];
  const dense = shown.length > 300;
  for (const [width, colorOf] of dense ? strokes.slice(1) : strokes) {
    const groups = new Map();
    for (const one of shown) {
      const style = `${colorOf(one)}|${isTruth(one.layer)}|${view.alphaOf(one)}`;
      groups.has(style) ? groups.get(style).push(one) : groups.set(style, [one]);
    }
    for (const [style, members] of groups) {
      const [color, dashed, alpha] = style.split("|");
      context.beginPath();
      for (const one of members) tracePath(context, one, view);
      context.setLineDash(dashed === "true" ? [4, 3] : []);
      context.strokeStyle = color;
      context.globalAlpha = Number(alpha);
      context.lineWidth = dense ? 1 : width;
      context.stroke();
    }
  }
  context.globalAlpha = 1;
  context.setLineDash([]);
}

function fillPolygons(context, shown, view) {
  for (const one of shown) {
    if (one.type !== "polygon") continue;
    context.globalAlpha = view.opacity * 0.6 * view.alphaOf(one);
    context.beginPath();
    tracePath(context, one, view);
    context.fillStyle = annotationColor(one, view.colors);
    context.fill();
  }
  context.globalAlpha = 1;
}

function drawJoints(context, shown, view) {
  for (const one of shown) {
    if (one.type !== "keypoints") continue;
    context.globalAlpha = view.alphaOf(one);
    for (const [x, y] of (one.points ?? []).filter(isPlaced)) {
      context.beginPath();
      context.arc(x * view.scale + view.dx, y * view.scale + view.dy, 3, 0, 2 * Math.PI);
      context.fillStyle = annotationColor(one, view.colors);
      context.fill();
      context.lineWidth = 1;
      context.strokeStyle = "#ffffff";
      context.stroke();
    }
  }
  context.globalAlpha = 1;
}

function drawHover(context, annotation, view) {
  const bounds = annotationBounds(annotation);
  if (!bounds) return;
  const [x0, y0, x1, y1] = bounds;
  context.lineWidth = 3;
  context.strokeStyle = annotationColor(annotation, view.colors);
  context.strokeRect(x0 * view.scale + view.dx, y0 * view.scale + view.dy, (x1 - x0) * view.scale, (y1 - y0) * view.scale);
}

// Draws what options.visible lets through into a context whose unit is a pixel of the screen.
// options: {colors, visible, opacity, alphaOf, hover, names, transform, ratio, showsLabel, onReady}
function drawOverlay(context, item, width, height, options) {
  const view = { opacity: 0.45, names: true, ratio: 1, alphaOf: () => 1, ...options, ...(options.transform ?? fitInto(width, height, item)) };
  const shown = item.annotations.filter((one) => view.visible(one) && view.alphaOf(one) > 0);
  paintMasks(context, item, shown, view);
  fillPolygons(context, shown, view);
  strokeAnnotations(context, shown, view);
  drawJoints(context, shown, view);
  if (view.names) drawNames(context, shown, view, width, height);
  if (view.hover) drawHover(context, view.hover, view);
}

// The overlay on a canvas of its own, as large as the page shows it.
function paintOverlay(canvas, item, options) {
  const ratio = Math.min(2, window.devicePixelRatio || 1);
  const [width, height] = [canvas.clientWidth, canvas.clientHeight];
  if (!width || !height || !item.w || !item.h) return;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  const context = canvas.getContext("2d");
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  drawOverlay(context, item, width, height, { ...options, ratio });
}
