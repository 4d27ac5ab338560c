// How the two masks of a pair are laid out: beside each other, or one after the other in the same place.

const FLICKER_EVERY = 600; // ms
const GAP = 2; // CSS pixels between panes beside each other

class Pair {
  // `turned` is called when the other mask comes to the front by itself.
  constructor(turned) {
    this.turned = turned;
    this.isBeside = remembered("pairing", ["beside", "flicker"], "beside") === "beside";
    this.front = 0;
    this.reducedMotion = window.matchMedia("(prefers-reduced-motion: reduce)");
  }

  start() {
    this.stop();
    this.front = 0;
    if (this.isBeside || this.reducedMotion.matches) return;
    this.timer = setInterval(() => {
      this.#turn();
      this.turned();
    }, FLICKER_EVERY);
  }

  stop() {
    clearInterval(this.timer);
  }

  // Where nothing may move by itself, each press shows the next of: left, right, both.
  toggle() {
    if (!this.isBeside && this.reducedMotion.matches && this.front === 0) {
      this.#turn();
      return;
    }
    this.isBeside = !this.isBeside;
    remember("pairing", this.isBeside ? "beside" : "flicker");
    this.start();
  }

  get sides() {
    return this.isBeside ? ["left", "right"] : [["left", "right"][this.front]];
  }

  // The panes to be seen, each with the number of its face and where it begins.
  panes({ width }, ratio) {
    if (!this.isBeside) return [{ face: this.front, x: 0 }];
    return [{ face: 0, x: 0 }, { face: 1, x: width - this.paneSize({ width }, ratio).width }];
  }

  paneSize({ width, height }, ratio) {
    return { width: this.isBeside ? Math.floor((width - GAP * ratio) / 2) : width, height };
  }

  #turn() {
    this.front = 1 - this.front;
  }
}
