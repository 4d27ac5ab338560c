// What the reviewer adds to a verdict before it is given: a flag, a note, several reasons. Kept for every mask
// until it is judged, so that looking elsewhere loses nothing.

class Remarks {
  // `changed()` is told when something was added or taken away.
  constructor(view, changed) {
    this.view = view;
    this.changed = changed;
    this.drafts = new Map();
    view.notepad.addEventListener("submit", (event) => {
      event.preventDefault();
      this.keepNote();
    });
    view.noteField.addEventListener("keydown", (event) => this.#typed(event));
    view.noted.addEventListener("click", () => this.openNote());
  }

  get isWriting() {
    return !this.view.notepad.hidden;
  }

  // Turns to a mask: to what was added to it before, or else to what its verdict says.
  turnTo(taskId, past) {
    if (this.isWriting && taskId !== this.taskId) this.keepNote();
    this.taskId = taskId;
    this.past = past;
    this.#show();
  }

  get draft() {
    const { comment = "", flagged = false } = this.past ?? {};
    return this.drafts.get(this.taskId) ?? { comment, flagged, reasons: new Set() };
  }

  // Takes what was added, to go out with the verdict, and the reasons pressed with it: in place of those that an
  // undo gave back, beside those that were marked.
  take(pressed) {
    if (this.isWriting) this.keepNote();
    const { draft } = this;
    this.drafts.delete(this.taskId);
    const marked = draft.isUndone && pressed.length ? [] : draft.reasons;
    return { ...draft, reasons: [...new Set([...marked, ...pressed])] };
  }

  // Gives back to a mask what a verdict said that was taken back.
  restore({ task_id: taskId, comment = "", flagged = false, reasons = [] }) {
    this.drafts.set(taskId, { comment, flagged, reasons: new Set(reasons), isUndone: true });
  }

  turnFlag() {
    this.#change({ flagged: !this.draft.flagged });
  }

  turnReason(reason) {
    const reasons = new Set(this.draft.reasons);
    if (!reasons.delete(reason)) reasons.add(reason);
    this.#change({ reasons, isUndone: false });
  }

  openNote() {
    this.view.notepad.hidden = false;
    this.view.noted.hidden = true;
    this.view.noteField.value = this.draft.comment;
    this.view.noteField.focus({ preventScroll: true });
  }

  keepNote() {
    const comment = storable(this.view.noteField.value);
    this.leaveNote();
    if (comment !== this.draft.comment) this.#change({ comment });
  }

  leaveNote() {
    this.view.notepad.hidden = true;
    this.view.noteField.blur();
    this.#show();
  }

  #typed(event) {
    event.stopPropagation();
    if (event.isComposing || event.shiftKey) return;
    if (event.key === "Enter") this.keepNote();
    else if (event.key === "Escape") this.leaveNote();
    else return;
    event.preventDefault();
  }

  #change(part) {
    if (this.taskId === null) return;
    this.drafts.set(this.taskId, { ...this.draft, ...part });
    this.#show();
    this.changed();
  }

  #show() {
    const { comment, flagged } = this.draft;
    const { flagButton, noteButton, noted } = this.view;
    flagButton.setAttribute("aria-pressed", flagged);
    noteButton.setAttribute("aria-pressed", Boolean(comment));
    setText(noted, comment);
    noted.title = comment;
    noted.hidden = !comment || this.isWriting;
  }
}

// A text without what no database keeps.
function storable(text) {
  return text.replaceAll("\0", "").replace(/[\ud800-\udfff]/gu, "").trim();
}
