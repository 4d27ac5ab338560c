// What the reviewer looks at: the mask, the whole image, or what they zoomed and moved to by hand.

const ZOOM_STEP = 1.4;
const TAP_ZOOM = 2.5;
const PAN_STEP = 0.15; // of the pane
const PAN_DIRECTIONS = { left: [1, 0], right: [-1, 0], up: [0, 1], down: [0, -1] };

class Lens {
  constructor() {
    this.reset();
  }

  reset() {
    this.look = "mask";
  }

  viewport(picture, frame) {
    if (this.look === "mask") return Lens.home(picture, frame);
    return this.look === "whole" ? aroundAll(frame) : within(this.free, frame);
  }

  // How a fresh item is seen.
  static home(picture, frame) {
    return around(picture.crop, frame);
  }

  toggleWhole() {
    this.look = this.look === "whole" ? "mask" : "whole";
  }

  zoomStep(direction, picture, frame) {
    const { width, height } = frame.pane;
    this.zoom(direction === "in" ? ZOOM_STEP : 1 / ZOOM_STEP, { x: width / 2, y: height / 2 }, picture, frame);
  }

  panStep(direction, picture, frame) {
    const [x, y] = PAN_DIRECTIONS[direction];
    this.pan(x * PAN_STEP * frame.pane.width, y * PAN_STEP * frame.pane.height, picture, frame);
  }

  zoom(factor, point, picture, frame) {
    const viewport = this.viewport(picture, frame);
    this.#free(zoomed(viewport, factor, point, frame, Lens.home(picture, frame)));
  }

  pan(dx, dy, picture, frame) {
    this.#free(panned(this.viewport(picture, frame), dx, dy, frame));
  }

  // To a point and back again.
  tapTwice(point, picture, frame) {
    if (this.look === "mask") this.zoom(TAP_ZOOM, point, picture, frame);
    else this.reset();
  }

  // The screen's pixels have become larger or smaller.
  rescale(factor) {
    if (this.look === "free") this.free = { ...this.free, scale: this.free.scale * factor };
  }

  #free(viewport) {
    this.look = "free";
    this.free = viewport;
  }
}
