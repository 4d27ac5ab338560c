// How the mask is laid over the photo: the mode and strength that the reviewer likes, and whether it is hidden.

const MODES = ["contour", "fill", "spotlight", "off"];

class Overlay {
  constructor() {
    this.mode = remembered("mode", MODES, "fill");
    this.opacity = Number(remembered("opacity", null, "0.5")) || 0.5;
    this.isHidden = false;
  }

  // What is drawn now.
  get drawn() {
    return this.isHidden ? "off" : this.mode;
  }

  setMode(mode = MODES[(MODES.indexOf(this.mode) + 1) % MODES.length]) {
    this.mode = mode;
    remember("mode", mode);
  }

  change(by) {
    this.opacity = Math.min(1, Math.max(0.1, Math.round(10 * (this.opacity + by)) / 10));
    remember("opacity", this.opacity);
  }
}
