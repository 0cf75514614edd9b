// Label pills of the overlay, where there is room, and what lies under the pointer.

const PILL_HEIGHT = 15;
const PILL_ROOM = 9000; // square pixels of picture that one pill may claim
const PILL_FONT = "500 10.5px system-ui, sans-serif";

function placePill(context, annotation, view, width, height, corner) {
  const bounds = annotationBounds(annotation);
  const full = annotationText(annotation);
  if (!full) return null;
  if (!bounds) return { text: full, x: 6, y: 6 + corner * (PILL_HEIGHT + 3), wide: context.measureText(full).width + 8 };
  const room = Math.max((bounds[2] - bounds[0]) * view.scale + 8, 34);
  const text = [full, annotation.label ?? ""].find((one) => one && context.measureText(one).width + 8 <= room);
  if (!text) return null;
  const wide = context.measureText(text).width + 8;
  const x = clamp(bounds[0] * view.scale + view.dx - 1, 0, Math.max(0, width - wide));
  const above = bounds[1] * view.scale + view.dy - PILL_HEIGHT;
  const y = above >= 0 ? above : Math.min(bounds[1] * view.scale + view.dy, height - PILL_HEIGHT);
  return { text, x, y, wide };
}

function overlaps(pill, placed) {
  return placed.some((other) =>
    pill.x < other.x + other.wide && other.x < pill.x + pill.wide && Math.abs(pill.y - other.y) < PILL_HEIGHT);
}

function drawNames(context, shown, view, width, height) {
  context.font = PILL_FONT;
  context.textBaseline = "middle";
  const placed = [];
  let corner = 0;
  const named = shown.some((one) => !isTruth(one.layer)) ? shown.filter((one) => !isTruth(one.layer)) : shown;
  const ranked = named.length > 400 ? [] : [...named].sort((a, b) => (b.score ?? 0) - (a.score ?? 0));
  const most = Math.max(3, Math.round((width * height) / PILL_ROOM));
  for (const one of ranked) {
    if (one.classes) continue;
    if (placed.length >= most) break;
    const pill = placePill(context, one, view, width, height, corner);
    if (!pill || overlaps(pill, placed)) continue;
    if (!annotationBounds(one)) corner += 1;
    placed.push(pill);
    const color = annotationColor(one, view.colors);
    context.fillStyle = color;
    context.beginPath();
    context.roundRect(pill.x, pill.y, pill.wide, PILL_HEIGHT, 3);
    context.fill();
    context.fillStyle = inkOn(color);
    context.fillText(pill.text, pill.x + 4, pill.y + PILL_HEIGHT / 2 + 0.5);
  }
}

function insidePolygon(points, x, y) {
  let inside = false;
  for (let i = 0, j = points.length - 1; i < points.length; j = i++) {
    const [[ax, ay], [bx, by]] = [points[i], points[j]];
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside;
  }
  return inside;
}

function covers(annotation, x, y, slack) {
  const bounds = annotationBounds(annotation);
  if (!bounds) return false;
  if (x < bounds[0] - slack || y < bounds[1] - slack || x > bounds[2] + slack || y > bounds[3] + slack) return false;
  if (annotation.type === "polygon") return insidePolygon(annotation.points, x, y);
  if (annotation.rle) return maskCovers(annotation, x, y);
  return true;
}

// The smallest visible annotation at (x, y) in the item's pixels, as {annotation, label}, or null.
function annotationAt(item, x, y, visible, slack = 0) {
  let found = null;
  let least = Infinity;
  for (const one of item.annotations) {
    if (!visible(one) || !covers(one, x, y, slack)) continue;
    const [x0, y0, x1, y1] = annotationBounds(one);
    const area = (x1 - x0) * (y1 - y0);
    if (area < least) [found, least] = [one, area];
  }
  if (found) return { annotation: found, label: found.label };
  for (const one of item.annotations) {
    const label = one.classes && visible(one) ? labelMapAt(one, item, x, y) : null;
    if (label) return { annotation: one, label };
  }
  return null;
}
