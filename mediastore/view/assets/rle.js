// COCO's run-length masks: runs go down the columns, background first.
// Format: https://github.com/cocodataset/cocoapi/blob/master/common/maskApi.c (rleFrString)

function rleRuns(counts) {
  if (Array.isArray(counts)) return counts;
  const runs = [];
  let at = 0;
  while (at < counts.length) {
    let run = 0;
    let shift = 0;
    let code;
    do {
      code = counts.charCodeAt(at++) - 48;
      run |= (code & 31) << shift;
      shift += 5;
    } while (code & 32 && at < counts.length);
    if (code & 16) run |= -1 << shift;
    if (runs.length > 2) run += runs[runs.length - 2];
    runs.push(run);
  }
  return runs;
}

// Calls visit(column, top, bottom) for each piece of a column that is inside the mask, bottom exclusive.
function eachColumnPiece(runs, height, visit) {
  let at = 0;
  runs.forEach((run, index) => {
    if (index % 2) {
      for (let from = at; from < at + run; ) {
        const column = Math.floor(from / height);
        const to = Math.min(at + run, (column + 1) * height);
        visit(column, from - column * height, to - column * height);
        from = to;
      }
    }
    at += run;
  });
}

// The mask inside its own bounds, every step-th pixel: {x, y, width, height, step, bits, area}.
function rleBitmap(rle, step = 1) {
  const height = rle.size[0];
  const runs = rleRuns(rle.counts);
  let [left, top, right, bottom, area] = [Infinity, Infinity, 0, 0, 0];
  eachColumnPiece(runs, height, (column, from, to) => {
    left = Math.min(left, column);
    right = Math.max(right, column + 1);
    top = Math.min(top, from);
    bottom = Math.max(bottom, to);
    area += to - from;
  });
  if (!area) return { x: 0, y: 0, width: 0, height: 0, step, bits: new Uint8Array(0), area };
  const columns = Math.ceil((right - left) / step);
  const rows = Math.ceil((bottom - top) / step);
  const bits = new Uint8Array(columns * rows);
  eachColumnPiece(runs, height, (column, from, to) => {
    if ((column - left) % step) return;
    const x = (column - left) / step;
    for (let y = Math.ceil((from - top) / step); y * step + top < to; y++) bits[y * columns + x] = 1;
  });
  return { x: left, y: top, width: columns, height: rows, step, bits, area };
}
