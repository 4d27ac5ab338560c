// Reads what Python sends: 4 bytes of header length, a JSON header, then the pictures it points to.

function unpackAnswer(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = 4 + view.getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(4, start)));
  const blob = ([offset, length], type) =>
    new Blob([bytes.slice(start + offset, start + offset + length)], { type });
  for (const item of header.items ?? []) {
    if (!item.photo) continue; // it is unjudgable, or has to wait
    item.photo = blob(item.photo, "image/jpeg");
    for (const masked of [item, ...(item.parts ?? []), item.rest ?? {}, ...(item.masks ?? [])]) {
      if (masked.mask) masked.mask = blob(masked.mask, "image/png");
    }
  }
  return header;
}
