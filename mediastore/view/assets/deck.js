// Rows of the deck are dragged into another order. The arrows in each row do the same without a pointer.

const ROW = /\bst-key-pin-(\d+)\b/;

function rowOf(event) {
  const row = event.target instanceof Element ? event.target.closest("[class*='st-key-pin-']") : null;
  const found = ROW.exec(row?.className ?? "");
  return found ? { row, place: Number(found[1]) } : null;
}

class Deck {
  constructor() {
    this.listening = new AbortController();
    for (const name of ["pointerover", "dragstart", "dragover", "drop", "dragend"]) document.addEventListener(name, (event) => this[name](event), { signal: this.listening.signal });
  }

  update() {
    this.ended();
  }

  pointerover(event) {
    rowOf(event)?.row.setAttribute("draggable", "true");
  }

  dragstart(event) {
    this.from = rowOf(event)?.place ?? null;
    if (this.from === null) return;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", "");
  }

  dragover(event) {
    const over = this.from === null ? null : rowOf(event);
    this.mark(over?.row, over && this.isAfter(event, over.row) ? "after" : "before");
    if (over) event.preventDefault();
  }

  drop(event) {
    const over = this.from === null ? null : rowOf(event);
    if (!over) return;
    event.preventDefault();
    const before = over.place + Number(this.isAfter(event, over.row));
    const to = before > this.from ? before - 1 : before;
    if (to !== this.from) this.send("moved", { from: this.from, to, now: Date.now() });
    this.ended();
  }

  dragend() {
    this.ended();
  }

  isAfter(event, row) {
    const { top, height } = row.getBoundingClientRect();
    return event.clientY > top + height / 2;
  }

  mark(row, side) {
    if (this.marked && this.marked !== row) delete this.marked.dataset.drop;
    if (row) row.dataset.drop = side;
    this.marked = row;
  }

  ended() {
    this.from = null;
    this.mark(null);
  }

  destroy() {
    this.ended();
    this.listening.abort();
  }
}

export default mounted(() => new Deck());
