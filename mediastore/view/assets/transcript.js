// The texts of spans, one after the other, a paragraph a layer: what is clicked is heard, what is heard is marked.

class Transcript {
  constructor(annotations, colors, onJump) {
    const spoken = annotations.filter((one) => one.span && one.text).sort((a, b) => a.span[0] - b.span[0]);
    this.parts = spoken.map((one) => ({ one, node: element("button", { type: "button", class: "spoken", text: one.text,
      title: formatTime(one.span[0]), onclick: () => onJump(one.span[0]) }) }));
    const layers = [...new Set(spoken.map((one) => one.layer ?? ""))];
    this.nodes = layers.map((layer) => this.paragraph(layer, layers.length > 1, colors));
  }

  paragraph(layer, isNamed, colors) {
    const node = element("p", { class: "transcript", role: "group", "aria-label": `transcript ${layer}` }, isNamed ? element("small", { text: layer || "no layer" }) : null);
    let turn = null;
    let speaker;
    for (const { one, node: said } of this.parts.filter((part) => (part.one.layer ?? "") === layer)) {
      if (!turn || (one.label ?? "") !== speaker) {
        speaker = one.label ?? "";
        turn = element("span", { class: "turn" }, speaker ? element("b", {}, element("span", { class: "dot", style: { background: annotationColor(one, colors) } }),
          element("span", { text: speaker })) : null);
        node.append(turn);
      }
      turn.append(said, " ");
    }
    return node;
  }

  mark(seconds) {
    for (const { one, node } of this.parts) {
      const isNow = seconds >= one.span[0] && seconds < one.span[1];
      if (isNow === node.classList.contains("now")) continue;
      node.classList.toggle("now", isNow);
      isNow ? node.setAttribute("aria-current", "time") : node.removeAttribute("aria-current");
    }
  }
}
