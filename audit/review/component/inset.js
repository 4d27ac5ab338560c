// The whole image, small, with a frame around the part that is on the stage.

class Inset {
  constructor(canvas, pen) {
    this.canvas = canvas;
    this.pen = pen;
    this.small = new WeakMap();
  }

  paint(picture, viewport, frame, ratio) {
    const { width, height } = this.canvas;
    const inset = this.#frameOf(picture);
    const context = this.canvas.getContext("2d");
    context.clearRect(0, 0, width, height);
    context.drawImage(this.draw(picture), 0, 0);
    const seen = areaOf(partSeen(viewport, frame), aroundAll(inset), inset, 0);
    if (!seen) return; // the inset is hidden: a canvas of one pixel
    const inwards = 1.5 * ratio;
    for (const [colour, line] of [[CORE_COLOUR, 3], [HALO_COLOUR, 1.5]]) {
      context.lineWidth = line * ratio;
      context.strokeStyle = colour;
      const lengths = [seen.width, seen.height].map((length) => Math.max(1, length - 2 * inwards));
      context.strokeRect(seen.x + inwards, seen.y + inwards, ...lengths);
    }
  }

  // What lies under the frame, drawn once for each size.
  draw(picture) {
    const inset = this.#frameOf(picture);
    const { width, height } = inset.pane;
    const known = this.small.get(picture);
    if (known?.width === width && known?.height === height) return known;
    const small = canvasOf(width, height);
    const viewport = aroundAll(inset);
    const context = small.getContext("2d");
    drawSeen(context, picture.photo, [0, 0, ...picture.size], viewport, inset);
    context.globalAlpha = 0.55;
    for (const { whole, colour } of picture.faces) {
      const shape = canvasOf(width, height);
      drawSeen(shape.getContext("2d"), whole.bitmap, whole.box, viewport, inset);
      this.pen.tint(context, shape, { x: 0, y: 0, width, height }, colour);
    }
    this.pen.finish(small);
    this.small.set(picture, small);
    return small;
  }

  #frameOf(picture) {
    const { width, height } = this.canvas;
    return { size: picture.size, pane: { width, height }, margin: 0 };
  }
}
