// Rows of the deck are dragged into another order: by the mouse at once, by a finger that has rested on one, as it
// scrolls otherwise. The arrows in each row do the same without a pointer.

const ROW = /\bst-key-pin-(\d+)\b/;
const REST_MS = 350;
const STILL_PX = 8;

function rowOf({ target }) {
  const row = target instanceof Element ? target.closest("[class*='st-key-pin-']") : null;
  const found = ROW.exec(row?.className ?? "");
  return found ? { row, place: Number(found[1]) } : null;
}

class Deck {
  constructor() {
    this.listening = new AbortController();
    const { signal } = this.listening;
    const names = ["pointerover", "pointerdown", "pointermove", "pointerup", "pointercancel", "dragstart", "dragover", "drop", "dragend"];
    for (const name of names) document.addEventListener(name, (event) => this[name](event), { signal });
    document.addEventListener("touchmove", (event) => this.held && event.preventDefault(), { signal, passive: false });
    document.addEventListener("contextmenu", (event) => this.held && event.preventDefault(), { signal });
  }

  update() {
    this.ended();
  }

  pointerover(event) {
    rowOf(event)?.row.setAttribute("draggable", String(event.pointerType === "mouse"));
  }

  pointerdown(event) {
    const found = event.pointerType === "mouse" ? null : rowOf(event);
    if (!found) return;
    this.touched = { x: event.clientX, y: event.clientY };
    this.resting = setTimeout(() => {
      this.from = found.place;
      this.held = found.row;
      this.held.dataset.held = "";
    }, REST_MS);
  }

  pointermove(event) {
    if (this.held) this.over(event, this.under(event));
    else if (this.touched && Math.hypot(event.clientX - this.touched.x, event.clientY - this.touched.y) > STILL_PX) this.ended();
  }

  pointerup(event) {
    if (this.held) this.dropped(event, this.under(event));
    else if (this.touched) this.ended();
  }

  pointercancel() {
    if (this.touched) this.ended();
  }

  // A finger's events go to where it came down.
  under(event) {
    return rowOf({ target: document.elementFromPoint(event.clientX, event.clientY) });
  }

  dragstart(event) {
    this.from = rowOf(event)?.place ?? null;
    if (this.from === null) return;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", "");
  }

  dragover(event) {
    const row = this.from === null ? null : rowOf(event);
    this.over(event, row);
    if (row) event.preventDefault();
  }

  over(event, found) {
    this.mark(found?.row, found && this.isAfter(event, found.row) ? "after" : "before");
  }

  drop(event) {
    const found = this.from === null ? null : rowOf(event);
    if (!found) return;
    event.preventDefault();
    this.dropped(event, found);
  }

  dropped(event, found) {
    const before = found ? found.place + Number(this.isAfter(event, found.row)) : this.from;
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
    clearTimeout(this.resting);
    if (this.held) delete this.held.dataset.held;
    this.from = this.held = this.touched = null;
    this.mark(null);
  }

  destroy() {
    this.ended();
    this.listening.abort();
  }
}

export default mounted(() => new Deck());
