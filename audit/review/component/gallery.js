// Holds the pictures of the next items ready, decoded and drawn; only those, for a photo weighs megabytes.

const MOST_PIXELS = 64e6; // of photos and masks, four bytes each

class Gallery {
  // `layout()` names the size that pictures are drawn for, or nothing as long as it is not known;
  // `drawAhead(item, picture)` draws a picture in that size; `came(item)` hears that it is there.
  constructor({ layout, drawAhead, came }) {
    this.layout = layout;
    this.drawAhead = drawAhead;
    this.came = came;
    this.pictures = new Map();
    this.wanted = [];
  }

  of(item) {
    return this.pictures.get(item?.task_id);
  }

  // The most urgent first; all other pictures are let go.
  hold(items) {
    this.wanted = affordable(items);
    const taskIds = new Set(this.wanted.map((item) => item.task_id));
    for (const [taskId, picture] of this.pictures) {
      if (taskIds.has(taskId)) continue;
      picture.close();
      this.pictures.delete(taskId);
    }
    this.prepare();
  }

  async prepare() {
    if (this.isPreparing) return;
    this.isPreparing = true;
    for (let item = this.#unprepared(); item; item = this.#unprepared()) {
      const picture = this.of(item) ?? await this.#decode(item);
      if (picture) {
        picture.layout = this.layout();
        await this.drawAhead(item, picture);
      }
      this.came(item);
    }
    this.isPreparing = false;
  }

  #unprepared() {
    const layout = this.layout();
    if (!layout) return undefined;
    return this.wanted.find((item) => item.unjudgable === undefined && this.of(item)?.layout !== layout);
  }

  async #decode(item) {
    let picture;
    try {
      picture = await Picture.decode(item);
    } catch {
      item.unjudgable = "this browser cannot show the image";
      return null;
    }
    if (!this.wanted.includes(item)) {
      picture.close();
      return null;
    }
    this.pictures.set(item.task_id, picture);
    return picture;
  }
}

// As many as memory bears: the first two however large they are.
function affordable(items) {
  let pixels = 0;
  return items.filter((item, place) => {
    if (item.unjudgable === undefined) pixels += pixelsOf(item);
    return place < 2 || pixels <= MOST_PIXELS;
  });
}
