// Shows pictures: prepares those of the next items ahead, paints one, and follows the size of the window.
//
// The desk may call
//   prepare(items)     pictures to hold ready, the most urgent first; all others are let go
//   show(item)         puts an item on the stage, or clears it (undefined); tells whether the item can be seen
//   act(action)        does what a key or a button asks of the picture; tells whether it is the stage's to do:
//                      mode, mode-contour, mode-fill, mode-spotlight, mode-off, fainter, stronger,
//                      hide, unhide, zoom-in, zoom-out, whole, pan-left, pan-right, pan-up, pan-down,
//                      part (of an annotation in several parts), flicker (of a pair of masks)
//   thumbnail()        what is on the stage, small, as a canvas
//   close()
// and read isSeen (the stage is large enough to judge on), isPainted (keys count), shownAt (since when, by
// performance.now()) and drawnMode (of the overlay: "off" while it is hidden).
// It calls changed() when the desk should show its item again: a picture has become ready, or the window was
// resized. An item whose picture the browser cannot decode becomes `unjudgable`.

const MIN_STAGE = 80; // CSS pixels: on a smaller stage nobody sees a mask
const EDGE = 6; // CSS pixels that may be seen beyond the photo, so that the outline of a mask at its edge shows

class Stage {
  constructor(view, changed) {
    this.view = view;
    this.root = view.desk;
    this.changed = changed;
    this.context = view.canvas.getContext("2d", { alpha: false });
    this.pen = new Pen();
    this.inset = new Inset(view.insetCanvas, this.pen);
    this.signs = new Signs(view);
    this.lens = new Lens();
    this.overlay = new Overlay();
    this.pair = new Pair(() => this.#paint());
    this.gallery = new Gallery({
      layout: () => this.#layout,
      drawAhead: (item, picture) => this.#drawAhead(item, picture),
      came: (item) => item.task_id === this.item?.task_id && !this.isPainted && this.changed(),
    });
    this.isPainted = false;
    this.#showOverlay();
    this.gestures = new Gestures(view.canvas, {
      pan: (dx, dy) => this.#look((...seen) => this.lens.pan(dx, dy, ...seen)),
      zoom: (factor, point) => this.#look((...seen) => this.lens.zoom(factor, this.#inPane(point), ...seen)),
      tapTwice: (point) => this.#look((...seen) => this.lens.tapTwice(this.#inPane(point), ...seen)),
    });
    this.resizing = new ResizeObserver(() => this.#resized());
    this.resizing.observe(view.stage);
    this.resizing.observe(view.inset);
    this.#watchRatio();
  }

  close() {
    this.resizing.disconnect();
    this.ratioWatch.abort();
    this.gestures.close();
    this.pair.stop();
    this.prepare([]);
  }

  get isSeen() {
    return Math.min(this.view.stage.clientWidth, this.view.stage.clientHeight) >= MIN_STAGE;
  }

  get drawnMode() {
    return this.overlay.drawn;
  }

  prepare(items) {
    this.gallery.hold(items);
  }

  show(item) {
    const isAnother = item?.task_id !== this.item?.task_id;
    this.item = item;
    this.isPainted = false;
    this.root.dataset.painted = "false";
    this.turn = null;
    this.signs.clear();
    if (isAnother) this.#startAfresh();
    const canBeSeen = Boolean(this.isSeen && item && (item.unjudgable !== undefined || this.#picture));
    if (!canBeSeen) return false;
    this.#paint();
    this.#afterPaint();
    return true;
  }

  act(action) {
    const [verb, direction] = action.split("-");
    const lays = {
      mode: () => this.overlay.setMode(direction),
      fainter: () => this.overlay.change(-0.1),
      stronger: () => this.overlay.change(0.1),
      hide: () => { this.overlay.isHidden = true; },
      unhide: () => { this.overlay.isHidden = false; },
    };
    const looks = {
      zoom: (...seen) => this.lens.zoomStep(direction, ...seen),
      pan: (...seen) => this.lens.panStep(direction, ...seen),
      whole: () => this.lens.toggleWhole(),
      part: (picture) => { this.part = (this.part + 1) % (picture.nParts + 1); },
      flicker: (picture) => picture.isPair && this.#flicker(),
    };
    if (verb in lays) {
      lays[verb]();
      this.#showOverlay();
      this.#paint();
    }
    if (verb in looks) this.#look(looks[verb]);
    return verb in lays || verb in looks;
  }

  thumbnail() {
    return thumbnailOf(this.view.canvas);
  }

  get #picture() {
    return this.gallery.of(this.item);
  }

  #startAfresh() {
    this.overlay.startAfresh();
    this.#showOverlay();
    this.lens.reset();
    this.part = 0;
    this.pair.stop();
    if (this.item?.masks) this.pair.start();
  }

  // Looks at the picture otherwise; drawn with the next frame, however many events come until then.
  #look(turn) {
    const picture = this.#picture;
    if (!picture || !this.isPainted) return;
    turn(picture, this.#frame(picture));
    cancelAnimationFrame(this.drawing);
    this.drawing = requestAnimationFrame(() => this.#paint());
  }

  #flicker() {
    this.pair.toggle();
    this.gallery.prepare(); // the panes have another size
  }

  #frame(picture) {
    const { width, height } = this.view.canvas;
    const pane = picture.isPair ? this.pair.paneSize({ width, height }, this.ratio) : { width, height };
    return { size: picture.size, pane, margin: EDGE * this.ratio };
  }

  // The panes to be seen, each with the number of its face and where it begins.
  #panes(picture) {
    return picture.isPair ? this.pair.panes(this.view.canvas, this.ratio) : [{ face: 0, x: 0 }];
  }

  #inPane({ x, y }) {
    const begin = this.#panes(this.#picture).findLast((pane) => pane.x === 0 || pane.x <= x).x;
    return { x: x - begin, y };
  }

  #paint() {
    const picture = this.#picture;
    if (!picture) return;
    const { context, lens, overlay, part, pen } = this;
    const { width, height } = context.canvas;
    const frame = this.#frame(picture);
    const viewport = lens.viewport(picture, frame);
    context.fillStyle = STAGE_COLOUR;
    context.fillRect(0, 0, width, height);
    for (const { face, x } of this.#panes(picture)) {
      picture.draw(face, part, viewport, frame, pen);
      context.setTransform(1, 0, 0, 1, x, 0);
      picture.paint(face, context, overlay, pen);
      context.resetTransform();
    }
    this.inset.paint(picture, viewport, frame, this.ratio);
    this.signs.show({
      part, nParts: picture.nParts, nRest: picture.nRest, sides: picture.isPair ? this.pair.sides : [],
      look: lens.look, scale: viewport.scale,
    });
  }

  // Keys count from when the frame is on the screen, not from when it was drawn.
  #afterPaint() {
    const turn = Symbol("turn");
    this.turn = turn;
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => {
        port1.close();
        if (this.turn !== turn) return;
        this.isPainted = true;
        this.shownAt = performance.now();
        this.root.dataset.painted = "true";
      };
      port2.postMessage(null);
    });
  }

  get #layout() {
    const { width, height } = this.view.canvas;
    return this.ratio && [width, height, this.ratio, this.pair.isBeside].join();
  }

  // In steps, so that a key never waits for all of it. What is on the stage is drawn when it is painted.
  async #drawAhead(item, picture) {
    const frame = this.#frame(picture);
    const steps = this.#panes(picture).map(({ face }) => () => {
      picture.draw(face, 0, Lens.home(picture, frame), frame, this.pen);
    });
    for (const step of [...steps, () => this.inset.draw(picture)]) {
      await new Promise((resolve) => { setTimeout(resolve); });
      if (picture.isClosed || item.task_id === this.item?.task_id) return;
      step();
    }
  }

  #resized() {
    const before = this.ratio;
    this.ratio = window.devicePixelRatio || 1;
    this.pen.ratio = this.ratio;
    if (before) this.lens.rescale(this.ratio / before);
    fit(this.view.canvas, this.view.stage, this.ratio);
    fit(this.view.insetCanvas, this.view.inset, this.ratio);
    if (this.isPainted && this.isSeen) this.#paint();
    else this.changed();
    this.gallery.prepare();
  }

  // Another screen may have other pixels, although nothing changes its size.
  #watchRatio() {
    this.ratioWatch = new AbortController();
    const unchanged = window.matchMedia(`(resolution: ${window.devicePixelRatio}dppx)`);
    const { signal } = this.ratioWatch;
    unchanged.addEventListener("change", () => {
      this.#resized();
      this.#watchRatio();
    }, { once: true, signal });
  }

  #showOverlay() {
    const { mode, opacity, isHidden } = this.overlay;
    this.view.showOverlay(mode, opacity, isHidden);
  }
}

// Gives a canvas as many pixels as its frame has on the screen.
function fit(canvas, { clientWidth, clientHeight }, ratio) {
  resize(canvas, {
    width: Math.max(1, Math.round(clientWidth * ratio)), height: Math.max(1, Math.round(clientHeight * ratio)),
  });
}
