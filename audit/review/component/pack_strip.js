// The line above the desk of an offline pack: what becomes of the verdicts, and their export.

class PackStrip {
  constructor(pack, verdicts) {
    this.pack = pack;
    this.verdicts = verdicts;
    this.bar = document.getElementById("pack-strip");
    this.text = document.getElementById("pack-text");
    const button = document.getElementById("pack-export");
    button.addEventListener("click", (event) => {
      if (event.detail > 0) button.blur(); // a mouse click leaves the keys to the desk
      this.#export();
    });
    window.addEventListener("beforeunload", (event) => {
      if (!verdicts.isKept && this.#nUnexported > 0) event.preventDefault();
    });
  }

  get #nUnexported() {
    return this.verdicts.standing.filter((each) => !this.exported?.has(each.sequence)).length;
  }

  show() {
    const { standing, isKept } = this.verdicts;
    const isDone = standing.length === this.pack.taskIds.length;
    this.bar.dataset.state = isKept ? (isDone ? "done" : "kept") : "unkept";
    const part = this.pack.part === null ? "" : `Part ${this.pack.part} · `;
    this.text.textContent = part + this.#words(isDone, isKept);
  }

  #words(isDone, isKept) {
    const n = this.#nUnexported;
    const unexported = this.exported && n ? `${count(n)} not exported since. ` : "";
    if (!isKept) return `${unexported}This browser keeps nothing: export before you close or reload this page.`;
    if (this.exported && !n) return "All that you judged is exported. Send the file to whoever gave you this page.";
    if (isDone) return "All judged. Export the verdicts and send the file to whoever gave you this page.";
    return `${unexported}Your verdicts stay in this browser until you export them.`;
  }

  #export() {
    this.verdicts.refresh();
    const { standing } = this.verdicts;
    const csv = verdictsAsCsv(standing, this.pack.opening.reviewer);
    const address = URL.createObjectURL(new Blob([csv], { type: "text/csv" }));
    const link = document.createElement("a");
    link.href = address;
    link.download = `${this.pack.name}.csv`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(address), 60_000); // the browser may still be asking where to
    this.exported = new Set(standing.map((each) => each.sequence));
    this.show();
  }
}

function count(n) {
  return n === 1 ? "1 verdict" : `${n.toLocaleString("en")} verdicts`;
}
