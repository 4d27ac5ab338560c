// What an offline pack holds: all of it is text in the page, decoded when it is needed.

class Pack {
  constructor() {
    const { pack_id: packId, name, part, task_ids: taskIds, opening } = embedded("pack-manifest");
    Object.assign(this, { packId, name, part, taskIds });
    this.opening = unpackAnswer(bytesOf(opening));
    this.places = new Map(taskIds.map((taskId, place) => [taskId, place]));
    this.entities = new Map();
  }

  item(taskId) {
    const { header, photo, drawn } = embedded(`pack-item-${this.places.get(taskId)}`);
    const blobs = [bytesOf(textOf(`pack-photo-${photo}`)), bytesOf(drawn)];
    return unpackAnswer(framed({ items: [header] }, blobs)).items[0];
  }

  entity(taskId) {
    if (!this.entities.has(taskId)) {
      this.entities.set(taskId, embedded(`pack-item-${this.places.get(taskId)}`).header.entity);
    }
    return this.entities.get(taskId);
  }
}

function textOf(id) {
  return document.getElementById(id).textContent;
}

function embedded(id) {
  return JSON.parse(textOf(id));
}

function bytesOf(base64) {
  const characters = atob(base64);
  const bytes = new Uint8Array(characters.length);
  for (let index = 0; index < bytes.length; index += 1) bytes[index] = characters.charCodeAt(index);
  return bytes;
}

// The bytes that a server would send.
function framed(header, blobs) {
  const encoded = new TextEncoder().encode(JSON.stringify(header));
  const length = blobs.reduce((sum, each) => sum + each.length, 4 + encoded.length);
  const bytes = new Uint8Array(length);
  new DataView(bytes.buffer).setUint32(0, encoded.length, true);
  let offset = 4;
  for (const each of [encoded, ...blobs]) {
    bytes.set(each, offset);
    offset += each.length;
  }
  return bytes;
}
