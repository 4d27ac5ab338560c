// The bitmaps of one item: its photo, and one or two faces (a face is what one annotation says of the photo).

const MASK_COLOURS = ["#56b4e9", "#e69f00"]; // Okabe-Ito: sky blue, rarer in photographs than orange; orange

class Picture {
  static async decode(item) {
    const picture = new Picture();
    picture.size = item.size;
    picture.crop = item.crop;
    picture.bitmaps = [];
    const bitmapOf = async (blob) => {
      const bitmap = await createImageBitmap(blob);
      picture.bitmaps.push(bitmap);
      return bitmap;
    };
    try {
      picture.photo = await bitmapOf(item.photo);
      picture.faces = [];
      for (const layers of facesOf(item)) {
        const masks = [];
        for (const { box, mask } of layers) masks.push({ box, bitmap: await bitmapOf(mask) });
        const [whole, ...parts] = masks;
        const rest = item.rest ? parts.splice(-1) : [];
        const place = picture.faces.length;
        picture.faces.push({ whole, parts, rest, colour: MASK_COLOURS[place], isHatched: place > 0 });
      }
      picture.nRest = item.rest?.n ?? 0;
      picture.panes = picture.faces.map(() => new Pane());
    } catch (error) {
      picture.close();
      throw error;
    }
    return picture;
  }

  get isPair() {
    return this.faces.length === 2;
  }

  get nParts() {
    return this.isPair ? 0 : this.faces[0].parts.length;
  }

  draw(face, part, viewport, frame, pen) {
    this.panes[face].draw(this.photo, this.faces[face], part, viewport, frame, pen);
  }

  paint(face, context, overlay, pen) {
    this.panes[face].paint(context, this.faces[face], overlay, pen);
  }

  // Bitmaps of megabytes are not left for the garbage collector to find.
  close() {
    this.isClosed = true;
    for (const bitmap of this.bitmaps) bitmap.close();
  }
}

// For each face its mask, then the parts of that, then what is left of them.
function facesOf(item) {
  if (item.masks) return item.masks.map((mask) => [mask]);
  return [[item, ...(item.parts ?? []), ...(item.rest ? [item.rest] : [])]];
}

// Pixels that an item's bitmaps take once they are decoded.
function pixelsOf(item) {
  const sizes = [item.size, ...facesOf(item).flat().map(({ box }) => box.slice(2))];
  return sizes.reduce((sum, [width, height]) => sum + width * height, 0);
}
