// Draws a mask on its photo. Everything slow happens ahead of time, into layers of the size of the stage;
// showing an item or another overlay only lays these over each other.

const MASK_COLOUR = "#56b4e9"; // Okabe-Ito sky blue: rarer in photographs than orange
const STAGE_COLOUR = "#15171a";
const CORE_PIXELS = 2;
const HALO_PIXELS = 1;
const MARGIN_PIXELS = 6; // around the photo, so that the outline of a mask at its edge shows

class Picture {
  // The crop, widened to the shape of the stage, and where it comes to lie on it; all in device pixels.
  static view(item, stage, ratio) {
    const margin = MARGIN_PIXELS * ratio;
    const width = Math.max(1, stage.width - 2 * margin);
    const height = Math.max(1, stage.height - 2 * margin);
    const [left, top, cropWidth, cropHeight] = item.crop;
    const [imageWidth, imageHeight] = item.size;
    const shape = width / height;
    const shownWidth = Math.min(imageWidth, Math.max(cropWidth, cropHeight * shape));
    const shownHeight = Math.min(imageHeight, Math.max(cropHeight, cropWidth / shape));
    const within = (start, length, shown, limit) =>
      Math.min(Math.max(start + length / 2 - shown / 2, 0), limit - shown);
    const scale = Math.min(width / shownWidth, height / shownHeight);
    return {
      left: within(left, cropWidth, shownWidth, imageWidth),
      top: within(top, cropHeight, shownHeight, imageHeight),
      width: shownWidth,
      height: shownHeight,
      scale,
      x: (stage.width - shownWidth * scale) / 2,
      y: (stage.height - shownHeight * scale) / 2,
    };
  }

  static async prepare(item, stage, inset, ratio) {
    const [photo, mask] = await Promise.all([createImageBitmap(item.photo), createImageBitmap(item.mask)]);
    const picture = new Picture();
    picture.size = `${stage.width}x${stage.height}x${inset.width}x${inset.height}`;
    picture.view = Picture.view(item, stage, ratio);
    picture.photo = layer(stage, (context) => drawPart(context, photo, picture.view));
    const shape = layer(stage, (context) => drawMask(context, mask, item.box, picture.view));
    picture.area = areaOf(item.box, picture.view, stage, 4 * ratio);
    picture.fill = tinted(shape, MASK_COLOUR, picture.area);
    picture.outline = outlined(shape, picture.area, ratio);
    picture.outside = layer(stage, (context) => {
      context.fillStyle = "#000";
      context.fillRect(0, 0, stage.width, stage.height);
      context.globalCompositeOperation = "destination-out";
      context.drawImage(shape, 0, 0);
    });
    picture.inset = layer(inset, (context) => drawInset(context, photo, mask, item, picture.view, ratio));
    photo.close(); // 48 MB for twelve megapixels
    mask.close();
    return picture;
  }

  paint(context, mode, opacity) {
    const { width, height } = context.canvas;
    context.globalAlpha = 1;
    context.fillStyle = STAGE_COLOUR;
    context.fillRect(0, 0, width, height);
    context.drawImage(this.photo, 0, 0);
    if (mode === "off") return;
    context.globalAlpha = opacity;
    if (mode === "fill") drawArea(context, this.fill, this.area);
    if (mode === "spotlight") {
      context.globalAlpha = Math.min(0.92, opacity + 0.3);
      context.drawImage(this.outside, 0, 0);
    }
    context.globalAlpha = 1;
    drawArea(context, this.outline, this.area);
  }
}

function layer(size, draw) {
  const canvas = document.createElement("canvas");
  canvas.width = size.width;
  canvas.height = size.height;
  draw(canvas.getContext("2d"));
  return canvas;
}

function smooth(context, scale) {
  context.imageSmoothingEnabled = scale <= 2; // beyond, the pixels of photo and mask are shown as they are
  context.imageSmoothingQuality = "high";
}

function drawPart(context, photo, view) {
  smooth(context, view.scale);
  const { left, top, width, height, x, y, scale } = view;
  context.drawImage(photo, left, top, width, height, x, y, width * scale, height * scale);
}

function drawMask(context, mask, box, view) {
  smooth(context, view.scale);
  const [left, top, width, height] = box;
  const x = view.x + (left - view.left) * view.scale;
  const y = view.y + (top - view.top) * view.scale;
  context.save();
  context.beginPath();
  context.rect(view.x, view.y, view.width * view.scale, view.height * view.scale);
  context.clip();
  context.drawImage(mask, x, y, width * view.scale, height * view.scale);
  context.restore();
}

// The part of the stage that an outline can touch: nothing outside of it needs to be drawn.
function areaOf(box, view, stage, margin) {
  const [left, top, width, height] = box;
  const x = Math.max(0, Math.floor(view.x + (left - view.left) * view.scale - margin));
  const y = Math.max(0, Math.floor(view.y + (top - view.top) * view.scale - margin));
  const right = Math.min(stage.width, Math.ceil(x + width * view.scale + 2 * margin));
  const bottom = Math.min(stage.height, Math.ceil(y + height * view.scale + 2 * margin));
  return { x, y, width: Math.max(1, right - x), height: Math.max(1, bottom - y) };
}

function cut(shape, area, draw) {
  return layer(area, (context) => draw(context, (dx, dy) => context.drawImage(shape, dx - area.x, dy - area.y)));
}

function drawArea(context, part, area) {
  context.drawImage(part, area.x, area.y);
}

function coloured(context, colour) {
  context.globalCompositeOperation = "source-in";
  context.fillStyle = colour;
  context.fillRect(0, 0, context.canvas.width, context.canvas.height);
  context.globalCompositeOperation = "source-over";
}

function tinted(shape, colour, area) {
  return cut(shape, area, (context, stamp) => {
    stamp(0, 0);
    coloured(context, colour);
  });
}

// A dark line with a light halo just outside of the mask, holes included: the mask stamped in a circle, less
// the mask. So its width is the same at every scale, and no pixel of the mask is covered.
function outlined(shape, area, ratio) {
  const ring = (radius, colour) => cut(shape, area, (context, stamp) => {
    for (let step = 0; step < 16; step += 1) {
      const angle = (step * Math.PI) / 8;
      stamp(radius * Math.cos(angle), radius * Math.sin(angle));
    }
    coloured(context, colour);
  });
  const halo = ring((CORE_PIXELS + HALO_PIXELS) * ratio, "#fff");
  const core = ring(CORE_PIXELS * ratio, "#14161a");
  return cut(shape, area, (context, stamp) => {
    context.drawImage(halo, 0, 0);
    context.drawImage(core, 0, 0);
    context.globalCompositeOperation = "destination-out";
    stamp(0, 0);
  });
}

function drawInset(context, photo, mask, item, view, ratio) {
  const { width, height } = context.canvas;
  const [imageWidth, imageHeight] = item.size;
  const whole = {
    left: 0, top: 0, width: imageWidth, height: imageHeight,
    scale: Math.min(width / imageWidth, height / imageHeight),
  };
  whole.x = (width - imageWidth * whole.scale) / 2;
  whole.y = (height - imageHeight * whole.scale) / 2;
  drawPart(context, photo, whole);
  const shape = layer(context.canvas, (inner) => drawMask(inner, mask, item.box, whole));
  const area = { x: 0, y: 0, width, height };
  context.globalAlpha = 0.55;
  context.drawImage(tinted(shape, MASK_COLOUR, area), 0, 0);
  context.globalAlpha = 1;
  const frame = [
    whole.x + view.left * whole.scale, whole.y + view.top * whole.scale,
    view.width * whole.scale, view.height * whole.scale,
  ];
  context.lineWidth = 3 * ratio;
  context.strokeStyle = "#14161a";
  context.strokeRect(...inwards(frame, 1.5 * ratio));
  context.lineWidth = 1.5 * ratio;
  context.strokeStyle = "#fff";
  context.strokeRect(...inwards(frame, 1.5 * ratio));
}

function inwards([x, y, width, height], by) {
  return [x + by, y + by, Math.max(1, width - 2 * by), Math.max(1, height - 2 * by)];
}

// Gives a canvas as many pixels as its frame has on the screen.
function fit(canvas, frame, ratio) {
  const width = Math.max(1, Math.round(frame.clientWidth * ratio));
  const height = Math.max(1, Math.round(frame.clientHeight * ratio));
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
}

// Fills a thumbnail with the middle of a picture.
function drawCover(context, picture) {
  const { width, height } = context.canvas;
  const scale = Math.max(width / picture.width, height / picture.height);
  context.imageSmoothingQuality = "medium";
  const [shownWidth, shownHeight] = [picture.width * scale, picture.height * scale];
  context.drawImage(picture, (width - shownWidth) / 2, (height - shownHeight) / 2, shownWidth, shownHeight);
}
