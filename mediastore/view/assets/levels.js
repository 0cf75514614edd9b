// Brightness, contrast, gamma, channel and colour map: a table from values to colours, on a canvas of the picture.

const LEVELS = { brightness: 0, contrast: 1, gamma: 1, channel: "all", map: "grey" };
const COPY_PIXELS = 16e6; // a larger picture is adjusted on a smaller copy, and that is said
// Source: matplotlib's colour maps (CC0), nine steps of each, straight lines between.
const COLOR_MAPS = {
  grey: ["#000000", "#ffffff"],
  inverted: ["#ffffff", "#000000"],
  viridis: ["#440154", "#472d7b", "#3b528b", "#2c728e", "#21918c", "#28ae80", "#5ec962", "#addc30", "#fde725"],
  magma: ["#000004", "#1d1147", "#51127c", "#832681", "#b73779", "#e75263", "#fc8961", "#fec488", "#fcfdbf"],
  inferno: ["#000004", "#210c4a", "#57106e", "#8a226a", "#bc3754", "#e45a31", "#f98e09", "#f9cb35", "#fcffa4"],
  coolwarm: ["#3b4cc0", "#688aef", "#99baff", "#c9d8ef", "#edd1c2", "#f7a789", "#e26952", "#b40426"],
};

function isNeutral(levels) {
  return Object.keys(LEVELS).every((name) => levels[name] === LEVELS[name]);
}

function levelsToText(levels) {
  return isNeutral(levels) ? null : [levels.brightness, levels.contrast, levels.gamma].map((one) => Number(one.toPrecision(8))).concat(levels.channel, levels.map).join();
}

function textToLevels(text) {
  const [brightness, contrast, gamma, channel, map] = (text ?? "").split(",");
  const read = { brightness: Number(brightness), contrast: Number(contrast), gamma: Number(gamma), channel, map };
  const good = Number.isFinite(read.brightness) && read.contrast > 0 && read.gamma > 0 && ["all", "0", "1", "2", "3"].includes(channel) && map in COLOR_MAPS;
  return good ? read : { ...LEVELS };
}

// The lowest and highest value that is told apart: what lies outside is black or white.
function windowOf({ brightness, contrast }, highest) {
  const middle = 0.5 - brightness;
  return [(middle - 0.5 / contrast) * highest, (middle + 0.5 / contrast) * highest];
}

function levelsOfWindow(levels, [low, high], highest) {
  return { ...levels, contrast: highest / Math.max(1, high - low), brightness: 0.5 - (low + high) / 2 / highest };
}

function shareTable(levels, highest) {
  const [low, high] = windowOf(levels, highest);
  return Float32Array.from({ length: highest + 1 }, (_, value) => clamp((value - low) / (high - low), 0, 1) ** (1 / levels.gamma));
}

function mapTable(name) {
  const stops = COLOR_MAPS[name].map(parseColor);
  return Uint8Array.from({ length: 768 }, (_, at) => {
    const place = (Math.floor(at / 3) / 255) * (stops.length - 1);
    const [from, to] = [stops[Math.floor(place)], stops[Math.ceil(place)]];
    return Math.round(from[at % 3] + (to[at % 3] - from[at % 3]) * (place % 1));
  });
}

// Values of a picture as they lie in its file: {values, width, height, channels, highest, isCopy}.
async function readValues(source) {
  const answer = await fetch(source);
  if (!answer.ok) throw new Error(`the picture answered ${answer.status}`);
  const bytes = new Uint8Array(await answer.arrayBuffer());
  const isPng = bytes[0] === 0x89 && bytes[1] === 0x50;
  if (isPng && bytes[PNG_DEPTH_AT] === 16) return { ...(await readPng16(bytes)), highest: 65535, isCopy: false };
  const whole = await createImageBitmap(new Blob([bytes]), { colorSpaceConversion: "none", premultiplyAlpha: "none" });
  const share = Math.min(1, Math.sqrt(COPY_PIXELS / (whole.width * whole.height)));
  const [width, height] = [Math.max(1, Math.round(whole.width * share)), Math.max(1, Math.round(whole.height * share))];
  const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
  context.drawImage(whole, 0, 0, width, height);
  const values = context.getImageData(0, 0, width, height).data;
  return { values, width, height, channels: 4, highest: 255, isCopy: share < 1 };
}

// Whether a PNG has 16 bits a channel: its first bytes tell.
async function hasSixteenBits(source) {
  if (!/\.png$/i.test(source.split("?")[0])) return false;
  const answer = await fetch(source, { headers: { range: "bytes=0-28" } });
  const bytes = new Uint8Array(await answer.arrayBuffer());
  return answer.ok && bytes[0] === 0x89 && bytes[PNG_DEPTH_AT] === 16;
}

// Lowest and highest value of the channel in hand, or of all colours.
function extremes({ values, channels, highest }, channel) {
  const read = channel === "all" ? [...Array(Math.min(channels, channels === 2 ? 1 : 3)).keys()] : [Number(channel)];
  let [low, high] = [highest, 0];
  for (let at = 0; at < values.length; at += channels) {
    for (const one of read) {
      const value = values[at + one];
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  return [low, Math.max(low + 1, high)];
}

function renderLevels(picture, levels, canvas) {
  const { values, width, height, channels, highest } = picture;
  const share = shareTable(levels, highest);
  const colors = mapTable(levels.map);
  const grey = channels < 3;
  const one = levels.channel === "all" ? null : Math.min(Number(levels.channel), channels - 1);
  const mapped = grey || one !== null || levels.map !== "grey";
  const alphaAt = one !== null ? null : { 2: 1, 4: 3 }[channels] ?? null;
  [canvas.width, canvas.height] = [width, height];
  const context = canvas.getContext("2d");
  const image = context.createImageData(width, height);
  const out = image.data;
  for (let at = 0, to = 0; at < values.length; at += channels, to += 4) {
    if (mapped) {
      const value = one !== null ? share[values[at + one]] : grey ? share[values[at]]
        : 0.299 * share[values[at]] + 0.587 * share[values[at + 1]] + 0.114 * share[values[at + 2]];
      const place = Math.round(value * 255) * 3;
      out[to] = colors[place];
      out[to + 1] = colors[place + 1];
      out[to + 2] = colors[place + 2];
    } else {
      out[to] = share[values[at]] * 255 + 0.5;
      out[to + 1] = share[values[at + 1]] * 255 + 0.5;
      out[to + 2] = share[values[at + 2]] * 255 + 0.5;
    }
    out[to + 3] = alphaAt === null ? 255 : Math.round((values[at + alphaAt] / highest) * 255);
  }
  context.putImageData(image, 0, 0);
  return canvas;
}
