// Lanes under a waveform or a film: what lies where in time, as buttons that jump there.

const PILL_SHARE = 0.06;

// Spans that overlap go into rows of their own, earliest first.
function stackRows(segments) {
  const ends = [];
  for (const segment of [...segments].sort((a, b) => a.from - b.from)) {
    let row = ends.findIndex((end) => end <= segment.from + 1e-6);
    if (row < 0) row = ends.length;
    ends[row] = segment.to;
    segment.row = row;
  }
  return ends.length;
}

function segmentButton(segment, duration, onJump) {
  const share = clamp((segment.to - segment.from) / duration, 0, Math.max(0, 1 - segment.from / duration));
  const said = `${segment.text}, ${formatTime(segment.from)} to ${formatTime(segment.to)}`;
  return element("button", { type: "button", class: `segment${segment.dashed ? " truth" : ""}`, title: said, "aria-label": said,
    text: share > PILL_SHARE ? segment.text : "", onclick: () => onJump(segment.from),
    style: { left: `${(100 * segment.from) / duration}%`, width: `max(3px, ${100 * share}%)`, top: `${segment.row * 22}px`,
      background: segment.color, color: inkOn(segment.color) } });
}

// lanes: [{name, note, color, segments: [{from, to, text, color, dashed}]}], times in seconds.
function buildLanes(lanes, duration, onJump, titleOf = laneTitle) {
  const rows = lanes.map(({ name, note, color, segments }) => {
    const count = stackRows(segments);
    const bed = element("div", { class: "bed", style: { height: `${Math.max(1, count) * 22 - 4}px` } },
      ...segments.map((segment) => segmentButton(segment, duration, onJump)));
    return element("div", { class: "lane", role: "group", "aria-label": name }, titleOf({ name, note, color }), bed);
  });
  return element("div", { class: "lanes" }, ...rows);
}

function laneTitle({ name, note, color }, tag = "div", props = {}) {
  return element(tag, { class: "lane-name", title: name, ...props }, color ? element("span", { class: "dot", style: { background: color } }) : null,
    element("span", { text: name }), element("small", { text: note ?? "" }));
}

function spanSegment(annotation, colors) {
  return { from: annotation.span[0], to: annotation.span[1], text: annotationText(annotation) || (annotation.text ?? ""), color: annotationColor(annotation, colors),
    dashed: isTruth(annotation.layer) };
}

function spanLanes(annotations, colors) {
  const layers = new Map();
  for (const one of annotations) {
    if (!one.span) continue;
    const layer = one.layer ?? "";
    layers.has(layer) ? layers.get(layer).push(one) : layers.set(layer, [one]);
  }
  return [...layers].map(([layer, members]) => ({ name: layer || "spans", note: plural(members.length, "span"),
    segments: members.map((one) => spanSegment(one, colors)) }));
}
