// Masks of the overlay: run-length masks and label maps, painted as a fill with a fine edge.

function parseColor(color) {
  return [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16));
}

// Whether a neighbour differs. What ends at the picture's edge has an outline there if it is `cut` out of it.
function isEdge(bits, columns, rows, x, y, cut) {
  const at = y * columns + x;
  const same = bits[at];
  return (x === 0 ? cut : bits[at - 1] !== same) || (y === 0 ? cut : bits[at - columns] !== same)
    || (x === columns - 1 ? cut : bits[at + 1] !== same) || (y === rows - 1 ? cut : bits[at + columns] !== same);
}

// values: one small integer a pixel, 0 for nothing; colorOf(value) -> "#rrggbb" or null.
function rasterOf(values, columns, rows, opacity, colorOf, cut) {
  const canvas = document.createElement("canvas");
  canvas.width = columns;
  canvas.height = rows;
  const context = canvas.getContext("2d");
  const image = context.createImageData(columns, rows);
  const palette = new Map();
  for (let y = 0, at = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++, at++) {
      const value = values[at];
      if (!palette.has(value)) palette.set(value, colorOf(value) ? parseColor(colorOf(value)) : null);
      const color = palette.get(value);
      if (!color) continue;
      image.data.set(color, at * 4);
      image.data[at * 4 + 3] = isEdge(values, columns, rows, x, y, cut) ? 255 : Math.round(255 * opacity);
    }
  }
  context.putImageData(image, 0, 0);
  return canvas;
}

function paintObjectMask(context, annotation, view) {
  const step = Math.max(1, Math.floor(1 / (view.scale * view.ratio)));
  const color = annotationColor(annotation, view.colors);
  const wanted = `${step} ${color} ${view.opacity}`;
  if (annotation.raster?.wanted !== wanted) {
    const mask = rleBitmap(annotation.rle, step);
    if (!mask.area) return;
    const canvas = rasterOf(mask.bits, mask.width, mask.height, view.opacity, (value) => (value ? color : null), true);
    annotation.raster = { wanted, mask, canvas };
  }
  const { mask, canvas } = annotation.raster;
  const size = step * view.scale;
  context.drawImage(canvas, mask.x * view.scale + view.dx, mask.y * view.scale + view.dy, mask.width * size, mask.height * size);
}

function maskCovers(annotation, x, y) {
  const mask = annotation.raster?.mask ?? rleBitmap(annotation.rle, 1);
  const column = Math.floor((x - mask.x) / mask.step);
  const row = Math.floor((y - mask.y) / mask.step);
  return column >= 0 && row >= 0 && column < mask.width && row < mask.height && mask.bits[row * mask.width + column] === 1;
}

async function loadLabelMap(annotation, onReady) {
  annotation.loading = true;
  try {
    const answer = await fetch(annotation.mask_url);
    if (!answer.ok) throw new Error(`label map answered ${answer.status}`);
    annotation.map = await readGray(new Uint8Array(await answer.arrayBuffer()));
    onReady?.();
  } catch (problem) {
    annotation.failed = String(problem.message ?? problem);
  }
}

// Every so many pixels of a label map: an outline one pixel wide would be lost where many pixels become one.
function thinned(map, step) {
  if (step === 1) return map;
  const [width, height] = [Math.ceil(map.width / step), Math.ceil(map.height / step)];
  const values = new map.values.constructor(width * height);
  for (let y = 0, at = 0; y < height; y++) for (let x = 0; x < width; x++, at++) values[at] = map.values[y * step * map.width + x * step];
  return { values, width, height };
}

function paintLabelMap(context, annotation, item, view) {
  if (!annotation.map) {
    if (!annotation.loading) loadLabelMap(annotation, view.onReady);
    return;
  }
  const shown = (value) => annotation.classes[value] !== undefined && (view.showsLabel?.(annotation.classes[value]) ?? true);
  const colorOf = (value) => (shown(value) ? annotationColor({ ...annotation, label: annotation.classes[value] }, view.colors) : null);
  const step = Math.max(1, Math.floor(annotation.map.width / (item.w * view.scale * view.ratio)));
  const wanted = `${step} ${view.opacity} ${Object.keys(annotation.classes).map((value) => colorOf(value) ?? "").join()}`;
  if (annotation.raster?.wanted !== wanted) {
    const { values, width, height } = thinned(annotation.map, step);
    annotation.raster = { wanted, canvas: rasterOf(values, width, height, view.opacity, colorOf, false) };
  }
  context.drawImage(annotation.raster.canvas, view.dx, view.dy, item.w * view.scale, item.h * view.scale);
}

function labelMapAt(annotation, item, x, y) {
  if (!annotation.map || x < 0 || y < 0 || x >= item.w || y >= item.h) return null;
  const { values, width, height } = annotation.map;
  const at = Math.floor((y / item.h) * height) * width + Math.floor((x / item.w) * width);
  return annotation.classes[values[at]] ?? null;
}

function paintMasks(context, item, shown, view) {
  context.imageSmoothingEnabled = view.scale < 1;
  for (const one of shown) {
    context.globalAlpha = view.alphaOf(one);
    if (one.rle) paintObjectMask(context, one, view);
    else if (one.mask_url && one.classes) paintLabelMap(context, one, item, view);
  }
  context.globalAlpha = 1;
}
