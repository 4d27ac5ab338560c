// One face of a picture as it is seen in a viewport: layers of the size of the pane, drawn once for each
// viewport and laid over each other in whatever overlay mode is asked for.

const FAINT = 0.35; // of the parts that are not looked at now

class Pane {
  constructor() {
    this.photo = canvasOf(1, 1);
    this.chosen = new Region();
    this.others = new Region();
  }

  // `part` counts from 1; 0 stands for all of them.
  draw(photo, face, part, viewport, frame, pen) {
    const { pane } = frame;
    const key = [part, viewport.x, viewport.y, viewport.scale, pane.width, pane.height, pen.step].join();
    if (key === this.key) return;
    this.key = key;
    this.origin = originOf(viewport, frame);
    resize(this.photo, pane);
    const context = this.photo.getContext("2d", { alpha: false });
    context.fillStyle = STAGE_COLOUR;
    context.fillRect(0, 0, pane.width, pane.height);
    drawSeen(context, photo, [0, 0, ...frame.size], viewport, frame);
    pen.finish(this.photo);
    this.chosen.draw([part ? face.parts[part - 1] : face.whole], viewport, frame, pen);
    const others = [...face.parts.filter((_, index) => index !== part - 1), ...face.rest];
    this.others.draw(part ? others : [], viewport, frame, pen);
  }

  paint(context, face, { drawn: mode, opacity }, pen) {
    context.drawImage(this.photo, 0, 0);
    if (mode === "off") return;
    const ink = face.isHatched ? pen.hatch(context, face.colour, this.origin) : face.colour;
    if (mode === "spotlight") {
      context.globalAlpha = Math.min(0.92, opacity + 0.3);
      pen.dim(context, this.chosen.shape, this.chosen.area);
    }
    for (const [region, strength] of [[this.others, FAINT], [this.chosen, 1]]) {
      if (!region.area) continue;
      context.globalAlpha = strength * opacity;
      if (mode === "fill") pen.tint(context, region.shape, region.area, ink);
      context.globalAlpha = strength;
      stamp(context, region.outline, region.area);
    }
    context.globalAlpha = 1;
  }
}

// Masks as they lie on a pane: their shape, in white, and the outline around it.
class Region {
  constructor() {
    this.shape = canvasOf(1, 1);
    this.outline = canvasOf(1, 1);
    this.area = null;
  }

  draw(masks, viewport, frame, pen) {
    this.area = masks.length ? areaOf(joined(masks.map((mask) => mask.box)), viewport, frame, pen.rim) : null;
    if (!this.area) return;
    resize(this.shape, frame.pane);
    resize(this.outline, frame.pane);
    const context = this.shape.getContext("2d");
    context.clearRect(0, 0, frame.pane.width, frame.pane.height);
    for (const mask of masks) drawSeen(context, mask.bitmap, mask.box, viewport, frame);
    pen.outline(this.outline, this.shape, this.area);
  }
}

function joined(boxes) {
  const left = Math.min(...boxes.map((box) => box[0]));
  const top = Math.min(...boxes.map((box) => box[1]));
  const right = Math.max(...boxes.map((box) => box[0] + box[2]));
  const bottom = Math.max(...boxes.map((box) => box[1] + box[3]));
  return [left, top, right - left, bottom - top];
}
