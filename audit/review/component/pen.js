// Draws on canvases: parts of bitmaps, outlines, tints. The sheets it works on are its own, one set for all.

const STAGE_COLOUR = "#15171a";
const CORE_COLOUR = "#14161a";
const HALO_COLOUR = "#fff";
const HATCH_PERIOD = 12; // CSS pixels from stripe to stripe
const OUTLINE_STEPS = 3; // two of dark core and one of light halo, each a CSS pixel
const SIDES = [[0, 0], [1, 0], [-1, 0], [0, 1], [0, -1]];
const CORNERS = [[0, 0], [1, 1], [-1, 1], [1, -1], [-1, -1]];

class Pen {
  constructor() {
    this.sheets = [canvasOf(1, 1), canvasOf(1, 1)];
  }

  // Whole pixels of the screen, so that stamping needs no blending between them.
  set ratio(ratio) {
    this.pixelRatio = ratio;
    this.step = Math.max(1, Math.round(ratio));
  }

  get rim() {
    return (OUTLINE_STEPS + 1) * this.step;
  }

  // A dark line with a light halo just outside of a shape, holes included: the shape grown step by step, less
  // the shape. So it is as wide at every scale, and covers no pixel of the mask.
  outline(target, shape, area) {
    const [first, core] = this.#sheetsFor(shape);
    this.#grow(first, shape, area, SIDES);
    this.#grow(core, first, area, CORNERS);
    this.#grow(target, core, area, SIDES);
    recolour(target, area, HALO_COLOUR);
    recolour(core, area, CORE_COLOUR);
    stamp(target.getContext("2d"), core, area);
    erase(target, shape, area);
    this.finish(target);
  }

  // Lays a colour or a pattern on a context where the shape is.
  tint(context, shape, area, ink) {
    const [sheet] = this.#sheetsFor(shape);
    clear(sheet, area);
    stamp(sheet.getContext("2d"), shape, area);
    recolour(sheet, area, ink, "source-in");
    stamp(context, sheet, area);
  }

  // Darkens a context where the shape is not.
  dim(context, shape, area) {
    const [sheet] = this.#sheetsFor(shape);
    const { width, height } = shape;
    const everywhere = { x: 0, y: 0, width, height };
    clear(sheet, everywhere);
    recolour(sheet, everywhere, "#000", "source-over");
    if (area) erase(sheet, shape, area);
    stamp(context, sheet, everywhere);
  }

  // Diagonal stripes that move with the image.
  hatch(context, colour, origin) {
    const period = Math.round(HATCH_PERIOD * this.pixelRatio);
    const tile = canvasOf(period, period);
    const inner = tile.getContext("2d");
    inner.fillStyle = colour;
    inner.globalAlpha = 0.3;
    inner.fillRect(0, 0, period, period);
    inner.globalAlpha = 1;
    const stripe = Math.round(0.35 * period);
    for (let row = 0; row < period; row += 1) {
      inner.fillRect(row, row, stripe, 1);
      inner.fillRect(row - period, row, stripe, 1);
    }
    const pattern = context.createPattern(tile, "repeat");
    pattern.setTransform(new DOMMatrix([1, 0, 0, 1, origin.x % period, origin.y % period]));
    return pattern;
  }

  // Browsers put drawing off until it is needed: this needs it now, ahead of time.
  finish(canvas) {
    const [sheet] = this.#sheetsFor(canvas);
    stamp(sheet.getContext("2d"), canvas, { x: 0, y: 0, width: 1, height: 1 });
  }

  #sheetsFor({ width, height }) {
    for (const sheet of this.sheets) {
      if (sheet.width < width) sheet.width = width;
      if (sheet.height < height) sheet.height = height;
    }
    return this.sheets;
  }

  #grow(target, shape, area, directions) {
    clear(target, area);
    const context = target.getContext("2d");
    for (const [x, y] of directions) stamp(context, shape, area, x * this.step, y * this.step);
  }
}

function canvasOf(width, height) {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  return canvas;
}

function resize(canvas, { width, height }) {
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
}

function clear(canvas, { x, y, width, height }) {
  canvas.getContext("2d").clearRect(x, y, width, height);
}

function stamp(context, canvas, { x, y, width, height }, dx = 0, dy = 0) {
  context.drawImage(canvas, x, y, width, height, x + dx, y + dy, width, height);
}

function erase(canvas, shape, area) {
  const context = canvas.getContext("2d");
  context.globalCompositeOperation = "destination-out";
  stamp(context, shape, area);
  context.globalCompositeOperation = "source-over";
}

function recolour(canvas, { x, y, width, height }, ink, operation = "source-atop") {
  const context = canvas.getContext("2d");
  context.globalCompositeOperation = operation;
  context.fillStyle = ink;
  context.fillRect(x, y, width, height);
  context.globalCompositeOperation = "source-over";
}

// Draws what can be seen of a bitmap that fills a box of the image.
function drawSeen(context, bitmap, box, viewport, frame) {
  const seen = seenOf(box, viewport, frame);
  if (!seen) return;
  const { scale } = viewport;
  const origin = originOf(viewport, frame);
  context.imageSmoothingEnabled = scale <= 2; // beyond, the pixels of photo and mask are shown as they are
  context.imageSmoothingQuality = "high";
  const [x, width] = visible(origin.x + (box[0] + seen.x) * scale, seen.width * scale);
  const [y, height] = visible(origin.y + (box[1] + seen.y) * scale, seen.height * scale);
  context.drawImage(bitmap, seen.x, seen.y, seen.width, seen.height, x, y, width, height);
}

// Where something begins and how long it is, on the screen: a whole pixel at least, however small it is.
function visible(start, length) {
  return length < 1 ? [Math.floor(start), 1] : [start, length];
}

// The middle of a canvas, small.
function thumbnailOf(canvas) {
  const small = canvasOf(132, 80);
  const scale = Math.max(small.width / canvas.width, small.height / canvas.height);
  const [width, height] = [canvas.width * scale, canvas.height * scale];
  const context = small.getContext("2d");
  context.imageSmoothingQuality = "medium";
  context.drawImage(canvas, (small.width - width) / 2, (small.height - height) / 2, width, height);
  return small;
}
