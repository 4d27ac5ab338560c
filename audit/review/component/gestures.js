// Turns what hands do on a canvas into zooms and pans: wheel, drag, pinch, double tap. Points and distances are
// in pixels of the canvas.

const TAP_WITHIN = 300; // ms between the two taps of a double tap
const TAP_REACH = 24; // CSS pixels that a finger may move and still tap
const WHEEL_GAIN = 0.0016; // per pixel of the wheel: a notch is about a fifth
const PINCH_GAIN = 0.01; // a trackpad's pinch arrives as a wheel with Ctrl, in small steps
const LINE_HEIGHT = 16; // pixels of a line, where a wheel counts in lines
const MOST_TURN = 240;

class Gestures {
  // `zoom(factor, point)`, `pan(dx, dy)` and `tapTwice(point)` are called with what happens.
  constructor(canvas, { zoom, pan, tapTwice }) {
    this.canvas = canvas;
    this.zoom = zoom;
    this.pan = pan;
    this.tapTwice = tapTwice;
    this.pointers = new Map();
    this.listeners = new AbortController();
    const { signal } = this.listeners;
    canvas.addEventListener("wheel", (event) => this.#turned(event), { passive: false, signal });
    canvas.addEventListener("pointerdown", (event) => this.#pressed(event), { signal });
    canvas.addEventListener("pointermove", (event) => this.#moved(event), { signal });
    for (const type of ["pointerup", "pointercancel", "lostpointercapture"]) {
      canvas.addEventListener(type, (event) => this.#released(event), { signal });
    }
  }

  close() {
    this.listeners.abort();
  }

  #turned(event) {
    event.preventDefault();
    const pixels = event.deltaY * (event.deltaMode === WheelEvent.DOM_DELTA_LINE ? LINE_HEIGHT : 1);
    const turn = Math.min(MOST_TURN, Math.max(-MOST_TURN, pixels));
    this.zoom(Math.exp(-turn * (event.ctrlKey ? PINCH_GAIN : WHEEL_GAIN)), this.#pointOf(event));
  }

  #pressed(event) {
    if (event.button !== 0) return;
    this.canvas.setPointerCapture(event.pointerId);
    this.pointers.set(event.pointerId, this.#pointOf(event));
    this.start = this.pointers.size === 1 ? this.#pointOf(event) : null; // two fingers do not tap
  }

  #moved(event) {
    if (!this.pointers.has(event.pointerId)) return;
    const before = spanOf([...this.pointers.values()]);
    this.pointers.set(event.pointerId, this.#pointOf(event));
    const after = spanOf([...this.pointers.values()]);
    this.pan(after.x - before.x, after.y - before.y);
    if (before.length && after.length) this.zoom(after.length / before.length, after);
  }

  #released(event) {
    if (!this.pointers.delete(event.pointerId) || event.type !== "pointerup" || !this.start) return;
    const point = this.#pointOf(event);
    const now = event.timeStamp;
    const isTap = this.#isNear(point, this.start);
    const isSecond = isTap && this.tap && now - this.tap.at < TAP_WITHIN && this.#isNear(point, this.tap);
    this.tap = isTap && !isSecond ? { ...point, at: now } : null;
    if (isSecond) this.tapTwice(point);
  }

  #pointOf(event) {
    const { left, top } = this.canvas.getBoundingClientRect();
    const ratio = this.canvas.width / this.canvas.clientWidth;
    return { x: (event.clientX - left) * ratio, y: (event.clientY - top) * ratio };
  }

  #isNear(one, other) {
    const ratio = this.canvas.width / this.canvas.clientWidth;
    return Math.hypot(one.x - other.x, one.y - other.y) <= TAP_REACH * ratio;
  }
}

// The middle of one or two fingers, and how far they are apart.
function spanOf([one, other = one]) {
  return {
    x: (one.x + other.x) / 2,
    y: (one.y + other.y) / 2,
    length: Math.hypot(one.x - other.x, one.y - other.y),
  };
}
