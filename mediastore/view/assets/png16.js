// PNGs at 16 bits: browsers keep 8 of them, label maps and microscopes need all. Source: https://www.w3.org/TR/png-3/.

const PNG_DEPTH_AT = 24;
const PNG_COLOR_AT = 25;
const PNG_INTERLACE_AT = 28;
const PNG_CHANNELS = { 0: 1, 2: 3, 4: 2, 6: 4 };

function paeth(left, up, corner) {
  const guess = left + up - corner;
  const [a, b, c] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - corner)];
  if (a <= b && a <= c) return left;
  return b <= c ? up : corner;
}

function unfilter(raw, rows, stride, pixel) {
  const out = new Uint8Array(rows * stride);
  for (let row = 0; row < rows; row++) {
    const kind = raw[row * (stride + 1)];
    for (let at = 0; at < stride; at++) {
      const place = row * stride + at;
      const left = at >= pixel ? out[place - pixel] : 0;
      const up = row ? out[place - stride] : 0;
      let guess = 0;
      if (kind === 1) guess = left;
      else if (kind === 2) guess = up;
      else if (kind === 3) guess = (left + up) >> 1;
      else if (kind === 4) guess = paeth(left, up, at >= pixel && row ? out[place - stride - pixel] : 0);
      out[place] = raw[row * (stride + 1) + 1 + at] + guess;
    }
  }
  return out;
}

// {values, width, height, channels} of a PNG with 16 bits a channel, the channels of a pixel beside each other.
async function readPng16(bytes) {
  const channels = PNG_CHANNELS[bytes[PNG_COLOR_AT]];
  if (!channels || bytes[PNG_INTERLACE_AT]) throw new Error("an interlaced or indexed PNG of 16 bits is not read");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [width, height] = [view.getUint32(16), view.getUint32(20)];
  const parts = [];
  for (let at = 8; at < bytes.length; at += view.getUint32(at) + 12) {
    const name = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (name === "IDAT") parts.push(bytes.subarray(at + 8, at + 8 + view.getUint32(at)));
  }
  const stream = new Blob(parts).stream().pipeThrough(new DecompressionStream("deflate"));
  const rows = unfilter(new Uint8Array(await new Response(stream).arrayBuffer()), height, width * channels * 2, channels * 2);
  const values = new Uint16Array(width * height * channels);
  for (let at = 0; at < values.length; at++) values[at] = (rows[at * 2] << 8) | rows[at * 2 + 1];
  return { values, width, height, channels };
}

// {values, width, height} of any grey PNG: the class of each pixel of a label map.
async function readGray(bytes) {
  if (bytes[PNG_DEPTH_AT] === 16) return readPng16(bytes);
  const bitmap = await createImageBitmap(new Blob([bytes]), { colorSpaceConversion: "none", premultiplyAlpha: "none" });
  const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d", { willReadFrequently: true });
  context.drawImage(bitmap, 0, 0);
  const pixels = context.getImageData(0, 0, bitmap.width, bitmap.height).data;
  const values = new Uint8Array(bitmap.width * bitmap.height);
  for (let at = 0; at < values.length; at++) values[at] = pixels[at * 4];
  return { values, width: bitmap.width, height: bitmap.height };
}
