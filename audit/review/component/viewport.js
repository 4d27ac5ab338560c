// Where the eye is: pure geometry, in device pixels.
// A viewport { x, y, scale } names the point of the image in the middle of a pane, and how many pixels of the
// pane one pixel of the image takes. A frame { size, pane, margin } is the image's [width, height], the pane's
// { width, height }, and how far the pane may look beyond the edges of the image.

const MOST_SCALE = 32;

// Shows a rectangle of the image whole, and as large as the pane allows.
function around([left, top, width, height], frame) {
  const { pane, margin } = frame;
  const scale = Math.min(
    Math.max(1, pane.width - 2 * margin) / width,
    Math.max(1, pane.height - 2 * margin) / height,
  );
  return within({ x: left + width / 2, y: top + height / 2, scale }, frame);
}

function aroundAll(frame) {
  return around([0, 0, ...frame.size], frame);
}

// Zooms so that what lies under `point` of the pane stays there. `home` is the viewport of a fresh item: its
// scale is allowed however extreme.
function zoomed(viewport, factor, point, frame, home) {
  const least = Math.min(home.scale, aroundAll(frame).scale);
  const most = Math.max(home.scale, MOST_SCALE);
  const scale = Math.min(most, Math.max(least, viewport.scale * factor));
  const offset = { x: point.x - frame.pane.width / 2, y: point.y - frame.pane.height / 2 };
  const gain = 1 / viewport.scale - 1 / scale;
  return within({ x: viewport.x + offset.x * gain, y: viewport.y + offset.y * gain, scale }, frame);
}

// Moves the image with the hand, by pixels of the pane.
function panned(viewport, dx, dy, frame) {
  const { x, y, scale } = viewport;
  return within({ x: x - dx / scale, y: y - dy / scale, scale }, frame);
}

// The nearest viewport that looks no further beyond the image than the margin.
function within({ x, y, scale }, { size, pane, margin }) {
  const kept = (centre, length, room) => {
    const half = (room / 2 - margin) / scale;
    return 2 * half >= length ? length / 2 : Math.min(Math.max(centre, half), length - half);
  };
  return { x: kept(x, size[0], pane.width), y: kept(y, size[1], pane.height), scale };
}

// Where the image's corner comes to lie on the pane, on whole pixels: at 100 % nothing is blurred.
function originOf({ x, y, scale }, { pane }) {
  return { x: Math.round(pane.width / 2 - x * scale), y: Math.round(pane.height / 2 - y * scale) };
}

// The part of a box of the image that can be seen, as whole pixels counted from the box's corner; null where
// none can.
function seenOf([left, top, width, height], viewport, frame) {
  const { scale } = viewport;
  const origin = originOf(viewport, frame);
  const x = Math.max(0, Math.floor(-origin.x / scale) - left);
  const y = Math.max(0, Math.floor(-origin.y / scale) - top);
  const right = Math.min(width, Math.ceil((frame.pane.width - origin.x) / scale) - left);
  const bottom = Math.min(height, Math.ceil((frame.pane.height - origin.y) / scale) - top);
  return right > x && bottom > y ? { x, y, width: right - x, height: bottom - y } : null;
}

// The pixels of the pane that a box of the image takes, with a rim; null where it cannot be seen.
function areaOf([left, top, width, height], viewport, frame, rim) {
  const { scale } = viewport;
  const { pane } = frame;
  const origin = originOf(viewport, frame);
  const x = Math.max(0, Math.floor(origin.x + left * scale) - rim);
  const y = Math.max(0, Math.floor(origin.y + top * scale) - rim);
  const right = Math.min(pane.width, Math.ceil(origin.x + (left + width) * scale) + rim);
  const bottom = Math.min(pane.height, Math.ceil(origin.y + (top + height) * scale) + rim);
  return right > x && bottom > y ? { x, y, width: right - x, height: bottom - y } : null;
}

// The part of the image that a viewport shows, as a box.
function partSeen({ x, y, scale }, { size, pane }) {
  const left = Math.max(0, x - pane.width / 2 / scale);
  const top = Math.max(0, y - pane.height / 2 / scale);
  const right = Math.min(size[0], x + pane.width / 2 / scale);
  const bottom = Math.min(size[1], y + pane.height / 2 / scale);
  return [left, top, right - left, bottom - top];
}
