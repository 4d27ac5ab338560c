// Turns keys and clicks into what the desk does, or does not do now.

class Controls {
  constructor(desk) {
    this.desk = desk;
    this.keys = new Keys({ keys: {}, meanings: {} }); // until the first answer says which there are
    this.listeners = new AbortController();
    const { signal } = this.listeners;
    window.addEventListener("keydown", (event) => this.#pressed(event), { capture: true, signal });
    window.addEventListener("keyup", (event) => this.#released(event), { capture: true, signal });
    window.addEventListener("blur", () => desk.stage.act("unhide"), { signal });
  }

  close() {
    this.listeners.abort();
  }

  act(action, taskId) {
    const { desk } = this;
    if (!desk.answer) return;
    if (desk.sheets.open) {
      if (desk.sheets.isClosedBy(action)) desk.sheets.close();
      return;
    }
    if (desk.stage.act(action)) return;
    const acts = {
      go: () => desk.goOn(),
      escape: () => desk.goBack(),
      undo: () => desk.undo(),
      help: () => desk.sheets.show("help"),
      guideline: () => desk.opening.guideline && desk.sheets.show("guideline"),
    };
    if (acts[action]) acts[action]();
    else if (!desk.practice.told) this.#actOnMask(action, taskId);
  }

  #actOnMask(action, taskId) {
    const { desk } = this;
    const { choices } = desk.view;
    const acts = {
      previous: () => desk.step(-1),
      next: () => desk.step(1),
      reopen: () => desk.look(taskId),
      several: () => choices.turnSeveral(),
      flag: () => desk.isJudgable && desk.remarks.turnFlag(),
      note: () => desk.isJudgable && desk.remarks.openNote(),
      "leave-note": () => desk.remarks.leaveNote(),
    };
    if (acts[action]) acts[action]();
    else if (desk.isCard) action === "unsure" && desk.goOn();
    else if (choices.names.includes(action)) desk.judge(action, []);
    else if (choices.reasons.has(action)) this.#giveReason(action, choices.isSeveral);
  }

  #giveReason(reason, isMarking) {
    const { choices } = this.desk.view;
    if (isMarking) this.desk.mark(reason);
    else this.desk.judge(choices.reasons.get(reason), [reason]);
  }

  #pressed(event) {
    const { desk } = this;
    if (!desk.answer || !desk.root.isConnected) return;
    if (isRepeatedPress(event) && event.composedPath().includes(desk.root)) event.preventDefault();
    const action = this.keys.actionOf(event);
    if (action === null || (desk.sheets.open && !desk.sheets.isClosedBy(action))) return;
    event.preventDefault();
    event.stopPropagation();
    if (event.repeat && !/^(?:pan|zoom)-/.test(action)) return; // a key held down is one press
    if (action === "hide") this.hiddenBy = event.code;
    const isMarking = this.keys.isShifted(event) && desk.view.choices.reasons.has(action);
    if (isMarking && !desk.sheets.open) desk.mark(action);
    else this.act(action);
  }

  // By its place: what a key types may change while it is held, with Shift.
  #released(event) {
    if (event.code === this.hiddenBy) this.desk.stage.act("unhide");
  }
}
