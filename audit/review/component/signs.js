// Says in words what is on the stage: which part of an annotation, which side of a pair, how large.

class Signs {
  constructor({ partSign, leftSign, rightSign, scaleSign, wholeButton }) {
    Object.assign(this, { partSign, leftSign, rightSign, scaleSign, wholeButton });
    this.clear();
  }

  clear() {
    this.show({ part: 0, nParts: 0, nRest: 0, sides: [], look: "mask", scale: 1 });
  }

  // `sides`: those that are to be seen, "left" and "right"; `look`: at the "mask", the "whole" image, or "free".
  // `nRest`: parts beyond those `nParts` that can be stepped through.
  show({ part, nParts, nRest, sides, look, scale }) {
    const n = nParts + nRest;
    const limit = nRest ? ` (first ${nParts})` : "";
    const parts = part ? `Part ${part} of ${n}${limit}` : `All ${n} parts`;
    this.partSign.title = nRest ? `The first ${nParts} can be stepped through; the others stay faint` : "";
    this.#write(this.partSign, nParts ? parts : "");
    this.#write(this.leftSign, sides.includes("left") ? "Left" : "");
    this.#write(this.rightSign, sides.includes("right") ? "Right" : "");
    this.rightSign.dataset.isAlone = sides.length === 1;
    this.#write(this.scaleSign, look === "mask" ? "" : `${Math.round(100 * scale)} %`);
    this.wholeButton.setAttribute("aria-pressed", look === "whole");
  }

  #write(sign, text) {
    if (sign.textContent !== text) sign.textContent = text;
    sign.hidden = !text;
  }
}
