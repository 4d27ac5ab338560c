// The sheets that cover the desk: keys and help, the guideline, the end of the practice. One at a time; what lies
// beneath takes neither focus nor clicks meanwhile.

class Sheets {
  // `closed(name)` is told when a sheet was closed.
  constructor(desk, closed) {
    this.desk = desk;
    this.closed = closed;
    this.open = null; // the name of the open one
    this.byName = new Map([...desk.querySelectorAll("[data-sheet]")].map((each) => [each.dataset.sheet, each]));
    desk.addEventListener("click", ({ target }) => target.matches(".sheet") && this.close());
  }

  show(name) {
    if (this.open !== null) return;
    this.open = name;
    this.opener = this.desk.getRootNode().activeElement;
    this.#cover(name);
    this.byName.get(name).querySelector(".strong").focus({ preventScroll: true });
  }

  // Whether an action closes the open sheet: what opened it does, and so do Enter and Escape.
  isClosedBy(action) {
    return ["go", "escape", this.open].includes(action);
  }

  close() {
    const name = this.open;
    if (name === null) return;
    this.open = null;
    this.#cover(null);
    this.opener?.focus({ preventScroll: true });
    this.closed(name);
  }

  #cover(name) {
    for (const [each, sheet] of this.byName) sheet.hidden = each !== name;
    for (const part of this.desk.children) part.inert = name !== null && part !== this.byName.get(name);
  }
}
