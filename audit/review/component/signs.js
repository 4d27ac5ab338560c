// Says in words what is on the stage: which part of an annotation, which side of a pair, how large.

class Signs {
  constructor({ partSign, leftSign, rightSign, scaleSign }) {
    Object.assign(this, { partSign, leftSign, rightSign, scaleSign });
    this.clear();
  }

  clear() {
    this.show({ part: 0, nParts: 0, sides: [], scale: null });
  }

  // `sides`: those that are to be seen, "left" and "right"; `scale`: null as long as nothing was zoomed.
  show({ part, nParts, sides, scale }) {
    const parts = part ? `Part ${part} of ${nParts}` : `All ${nParts} parts`;
    this.#write(this.partSign, nParts ? parts : "");
    this.#write(this.leftSign, sides.includes("left") ? "Left" : "");
    this.#write(this.rightSign, sides.includes("right") ? "Right" : "");
    this.rightSign.dataset.isAlone = sides.length === 1;
    this.#write(this.scaleSign, scale === null ? "" : `${Math.round(100 * scale)} %`);
  }

  #write(sign, text) {
    if (sign.textContent !== text) sign.textContent = text;
    sign.hidden = !text;
  }
}
