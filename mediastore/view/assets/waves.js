// What is drawn of a sound: its channels as waves, bands of spans, and the frequencies beside a spectrogram.

const PEAK_REACH = 127;
const TICK_FONT = "500 10px system-ui, sans-serif";

function drawBands(context, spans, colors, duration, [width, height], alpha) {
  for (const one of spans) {
    const [from, to] = one.span.map((seconds) => (seconds / duration) * width);
    context.globalAlpha = alpha;
    context.fillStyle = annotationColor(one, colors);
    context.fillRect(from, 0, Math.max(1, to - from), height);
  }
  context.globalAlpha = 1;
}

// channels: the lowest and highest sample of each column in turn, -127..127, a list for each channel.
function drawWaves(context, channels, ink, [width, height]) {
  const row = height / Math.max(1, channels.length);
  context.fillStyle = ink;
  context.globalAlpha = 0.8;
  channels.forEach((peaks, place) => drawWave(context, peaks, width, place * row, row));
  if (!channels.length) context.fillRect(0, height / 2, width, 1);
  context.globalAlpha = 1;
  if (channels.length < 2) return;
  channelNames(channels.length).forEach((name, place) => drawPlate(context, name, place * row + 10));
}

function channelNames(count) {
  return count === 2 ? ["left", "right"] : Array.from({ length: count }, (_, place) => `channel ${place + 1}`);
}

function drawPlate(context, name, y) {
  context.font = TICK_FONT;
  context.textBaseline = "middle";
  context.fillStyle = "#000b";
  context.fillRect(2, y - 7, context.measureText(name).width + 8, 14);
  context.fillStyle = "#fff";
  context.fillText(name, 6, y + 0.5);
}

function drawWave(context, peaks, width, top, height) {
  const count = peaks.length / 2;
  for (let x = 0; count && x < width; x += 3) {
    const from = Math.floor((x / width) * count);
    const part = peaks.slice(from * 2, Math.max(from + 1, Math.floor(((x + 3) / width) * count)) * 2);
    const [low, high] = [Math.min(...part), Math.max(...part)];
    context.fillRect(x, top + (height / 2) * (1 - high / PEAK_REACH), 2, Math.max(1, ((high - low) / (2 * PEAK_REACH)) * height));
  }
}

// ticks: [share of the height from below, name], from below; one that has no room beside the one above it is left out.
function drawTicks(context, ticks, height) {
  let above = -8;
  for (const [share, name] of ticks.toReversed()) {
    const y = height * (1 - share);
    if (y - above < 16 || y > height - 8) continue;
    drawPlate(context, name, y);
    above = y;
  }
}
