// How the mask is laid over the photo: the mode and strength that the reviewer likes, and whether it is hidden.
// "Off" lasts for one item, so that nobody goes on without an overlay unawares.

const VISIBLE_MODES = ["contour", "fill", "spotlight"];
const MODES = [...VISIBLE_MODES, "off"];

class Overlay {
  constructor() {
    this.visibleMode = remembered("mode", VISIBLE_MODES, "fill");
    this.opacity = Number(remembered("opacity", null, "0.5")) || 0.5;
    this.isHidden = false;
    this.startAfresh();
  }

  startAfresh() {
    this.mode = this.visibleMode;
  }

  // What is drawn now.
  get drawn() {
    return this.isHidden ? "off" : this.mode;
  }

  setMode(mode = MODES[(MODES.indexOf(this.mode) + 1) % MODES.length]) {
    this.mode = mode;
    if (mode === "off") return;
    this.visibleMode = mode;
    remember("mode", mode);
  }

  change(by) {
    this.opacity = Math.min(1, Math.max(0.1, Math.round(10 * (this.opacity + by)) / 10));
    remember("opacity", this.opacity);
  }
}
