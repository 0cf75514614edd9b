// Annotations of a film by frame: which are drawn on a frame, and the stretches of time where each track is seen.

function commonest(numbers, otherwise) {
  const counts = new Map();
  for (const number of numbers) counts.set(number, (counts.get(number) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0])[0]?.[0] ?? otherwise;
}

// How many frames apart annotated frames are as a rule: 1, or more where only every n-th was looked at.
function frameStride(frames) {
  const sorted = [...new Set(frames)].sort((a, b) => a - b);
  return Math.max(1, commonest(sorted.slice(1).map((frame, at) => frame - sorted[at]), 1));
}

// What a lane of the film is called: the track, else the label of what has none.
function trackName(annotation) {
  return annotation.track !== undefined ? String(annotation.track) : (annotation.label ?? "no label");
}

class Tracks {
  constructor(annotations, fps) {
    this.fps = fps;
    this.byFrame = new Map();
    this.whole = [];
    for (const one of annotations) {
      if (!Number.isInteger(one.frame)) this.whole.push(one);
      else if (this.byFrame.has(one.frame)) this.byFrame.get(one.frame).push(one);
      else this.byFrame.set(one.frame, [one]);
    }
    this.stride = frameStride([...this.byFrame.keys()]);
  }

  at(frame) {
    for (let back = 0; back < this.stride; back++) {
      if (this.byFrame.has(frame - back)) return [...this.byFrame.get(frame - back), ...this.whole.filter((one) => !one.span)];
    }
    return this.whole.filter((one) => !one.span);
  }

  // A lane for each track, those of a label after each other.
  lanes(visible, colors) {
    const groups = new Map();
    for (const one of [...this.byFrame.values()].flat().filter(visible)) {
      const name = trackName(one);
      const key = `${one.layer ?? ""} ${name}`;
      if (!groups.has(key)) groups.set(key, { name, members: [] });
      groups.get(key).members.push(one);
    }
    const byLabel = (a, b) => (a.members[0].label ?? "").localeCompare(b.members[0].label ?? "");
    return [...groups.values()].sort(byLabel).map(({ name, members }) => this.lane(name, members, colors));
  }

  lane(name, members, colors) {
    const frames = [...new Set(members.map((one) => one.frame))].sort((a, b) => a - b);
    const color = annotationColor(members[0], colors);
    const segments = [];
    for (const frame of frames) {
      const last = segments.at(-1);
      if (last && frame - last.last <= this.stride) last.last = frame;
      else segments.push({ first: frame, last: frame, text: name, color, dashed: isTruth(members[0].layer) });
    }
    for (const segment of segments) {
      segment.from = segment.first / this.fps;
      segment.to = (segment.last + this.stride) / this.fps;
    }
    return { name, note: plural(frames.length, "frame"), color, segments };
  }
}
