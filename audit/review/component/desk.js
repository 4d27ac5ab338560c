// The desk: knows where the reviewer is, shows it, and takes what is decided.

const N_PREPARED = 3; // items decoded ahead; the others wait as files

class Desk {
  constructor(parent) {
    this.courier = new Courier(this);
    this.view = new View(parent, (action, taskId) => this.controls.act(action, taskId));
    this.root = this.view.desk;
    this.stage = new Stage(this.view, () => this.answer && this.#show());
    this.sheets = new Sheets(this.root, (name) => this.#sheetClosed(name));
    this.remarks = new Remarks(this.view, () => this.#showPressed());
    this.controls = new Controls(this);
    this.shelf = new Shelf();
    this.queue = [];
    this.durations = [];
    this.stepped = new Set();
    this.current = null; // the mask on the stage
    this.isAway = false; // it is not the one that is due: the reviewer looks back or ahead
  }

  close() {
    this.controls.close();
    this.stage.close();
    this.courier.close();
  }

  // What the courier asks and tells.

  take(answer) {
    const isOpening = this.#isNew(answer.opening);
    this.answer = answer;
    if (isOpening) this.#open(answer.opening);
    this.shelf.put(answer.items);
    this.#reckon();
    const { unreached } = this.shelf;
    if (this.isAway && unreached.has(this.current)) {
      this.view.tell(`${sentence(unreached.reasons.get(this.current))} You are back where you were.`);
    }
    if (this.current === null || unreached.has(this.current) || this.#isJudgedElsewhere) this.#advance();
    else if (!this.stage.isPainted) this.#show();
    else this.#showProgress();
    this.shelf.tidy(this.current, this.queue, this.state.history);
    this.#prepare();
    if (isOpening) this.#greet();
  }

  needs() {
    return this.shelf.needs(this.current, this.queue);
  }

  tell(text) {
    this.view.tell(text, "refused");
  }

  showSaved() {
    const { state, text } = this.courier.saved;
    this.view.showSaved(state, text);
  }

  // The page is about to be opened anew: what is pressed until then must not count.
  leave() {
    this.controls.close();
    this.answer = null;
  }

  // Where we are.

  get item() {
    return this.shelf.get(this.current);
  }

  get past() {
    return this.state.history.find((past) => past.task_id === this.current);
  }

  get isCard() {
    return this.item?.unjudgable !== undefined;
  }

  get isJudgable() {
    return this.stage.isPainted && this.current !== null && !this.isCard && !this.practice.told;
  }

  get #walk() {
    return new Walk(this.state.history, this.queue);
  }

  // Whatever is left is in front of other people, who may give it back.
  get isWaitingForOthers() {
    return this.current === null && this.answer.coming.length === 0 && this.state.nSettled < this.answer.n_tasks;
  }

  // In another tab: what is due here has a verdict already.
  get #isJudgedElsewhere() {
    return !this.isAway && !this.practice.told && this.past !== undefined;
  }

  // A server that started anew says the same again.
  #isNew(opening) {
    if (!opening || opening === this.opening) return false;
    return JSON.stringify(opening) !== JSON.stringify(this.opening);
  }

  #open(opening) {
    this.opening = opening;
    this.controls.keys = new Keys(opening);
    this.practice ??= new Practice(opening.practice?.n); // an answer may just be told
    this.view.showOpening(opening, this.controls.keys, this.answer.reviewer);
  }

  // Shows the guideline to whoever has not seen it in this browser.
  #greet() {
    const { guideline } = this.opening;
    this.#showPressed();
    if (!guideline || this.state.nSettled >= this.answer.n_tasks) return;
    if (!remembered(`guideline/${guideline.hash}`, null, "")) this.#interrupt("guideline");
  }

  #reckon() {
    this.state = reckon(this.answer, this.courier.events);
    const taskIds = new Set([...this.shelf.unjudgable, ...this.state.queue]);
    this.queue = [...taskIds].filter((taskId) => !this.#isPassedOver(taskId));
  }

  #showProgress() {
    const { n_tasks: nTasks, n_unjudgable: nUnjudgable } = this.answer;
    const { history, nSettled } = this.state;
    this.view.showProgress({ nSettled, nTasks, nUnjudgable, pace: median(this.durations) });
    this.view.lastVerdicts.show(history, this.isAway ? this.current : null);
    this.showSaved();
  }

  #isPassedOver(taskId) {
    return this.stepped.has(taskId) || this.shelf.unreached.has(taskId);
  }

  // Showing.

  #advance() {
    this.isAway = false;
    this.current = this.queue[0] ?? null;
    this.#show();
  }

  #show() {
    const { item } = this;
    this.root.dataset.taskId = this.current ?? "";
    const isSeen = this.stage.show(item);
    if (isSeen && this.past && !this.isCard) this.#keepThumbnail();
    this.view.showCard(this.#card(isSeen));
    this.view.showItem(item);
    this.view.showAway(this.isAway ? this.#walk.words(this.current) : "");
    this.#showProgress();
    this.view.showPractising(this.practice.label(item));
    this.view.showTold(this.practice.told);
    this.remarks.turnTo(this.current, this.past);
    this.#showPressed();
    if (this.practice.endsAt(item)) this.#interrupt("practised");
  }

  #showPressed() {
    const { reasons } = this.remarks.draft;
    if (reasons.size) this.view.choices.press(null, reasons);
    else this.view.choices.press(this.past && chosen(this.past), new Set(this.past?.reasons));
  }

  #card(isSeen) {
    const { unreached } = this.shelf;
    if (!this.stage.isSeen) return TOO_SMALL_CARD;
    if (this.current === null) return this.#endCard();
    if (!this.item && unreached.taskIds.length) return unreached.card;
    if (!isSeen) return fetchingCard("the image", this.courier.isOffline);
    return this.isCard ? unjudgableCard(this.item.unjudgable) : null;
  }

  #endCard() {
    const { n_tasks: nTasks, coming } = this.answer;
    const { nSettled, queue } = this.state;
    if (this.shelf.unreached.taskIds.length && nSettled < nTasks) return this.shelf.unreached.card;
    // Python names the next few only: after these there may be more.
    const isMoreComing = nSettled < nTasks && !coming.every((taskId) => this.stepped.has(taskId));
    const isMoreHere = queue.some((taskId) => !this.stepped.has(taskId));
    if (isMoreComing || isMoreHere) return fetchingCard("the next masks", this.courier.isOffline);
    if (this.isWaitingForOthers) return othersCard(nTasks - nSettled);
    return nTasks === 0 ? EMPTY_CARD : doneCard(this.answer);
  }

  // The neighbours too, for an undo or a look.
  #prepare() {
    const around = [-1, 1].map((steps) => this.#walk.from(this.current, steps));
    const taskIds = new Set([this.current, ...this.queue.slice(0, N_PREPARED), ...around]);
    this.stage.prepare([...taskIds].map((taskId) => this.shelf.get(taskId)).filter(Boolean));
  }

  // Opens a sheet of the page's own accord: the time for the mask starts when it is closed.
  #interrupt(name) {
    this.isInterrupted = true;
    setText(this.view.guidelineGo, "Start");
    this.sheets.show(name);
  }

  #sheetClosed(name) {
    if (name === "guideline") remember(`guideline/${this.opening.guideline.hash}`, "read");
    setText(this.view.guidelineGo, "Go on");
    if (this.isInterrupted) this.#show();
    this.isInterrupted = false;
  }

  // What the controls ask for.

  judge(choice, reasons) {
    if (!this.isJudgable) return;
    const { item, stage } = this;
    const draft = this.remarks.take(reasons);
    const given = draft.reasons.filter((each) => this.view.choices.reasons.get(each) === choice);
    const event = eventOf({ kind: this.opening.kind, item, choice, reasons: given, draft, stage });
    this.#keepThumbnail();
    this.courier.add(event);
    this.durations = [...this.durations, event.seconds].slice(-20);
    this.view.choices.turnSeveral(false);
    if (item.practice) this.#tell(item, choice);
    else this.#moveOn();
  }

  mark(reason) {
    if (this.isJudgable) this.remarks.turnReason(reason);
  }

  undo() {
    const last = this.state.history.at(-1);
    if (!last) return this.#reachBack();
    this.courier.add({ kind: "withdrawal", task_id: last.task_id, decided_at: new Date().toISOString() });
    this.view.lastVerdicts.thumbnails.delete(last.task_id);
    this.practice.takeBack(last.task_id);
    this.remarks.restore(last);
    this.#turnTo(last.task_id, false);
    return this.view.tell(`Taken back: ${chosen(last)}. Judge it again.`);
  }

  // Looks so many places back or ahead, without judging.
  step(steps) {
    const taskId = this.#walk.from(this.current, steps);
    if (taskId !== null) this.look(taskId);
    else if (steps > 0 && this.past) this.goBack();
    else this.view.tell(steps < 0 ? "There is no earlier verdict to show." : "This is as far as is prepared.");
  }

  look(taskId) {
    this.#turnTo(taskId, taskId !== this.queue[0]);
  }

  goBack() {
    if (this.remarks.isWriting) this.remarks.leaveNote();
    else if (this.practice.told) this.goOn();
    else if (this.isAway) this.#moveOn();
  }

  goOn() {
    if (this.practice.told) this.practice.goOn();
    else if (this.isCard && this.stage.isPainted) this.stepped.add(this.current);
    else return;
    this.#moveOn();
  }

  #keepThumbnail() {
    this.view.lastVerdicts.thumbnails.set(this.current, this.stage.thumbnail());
  }

  #tell(item, verdict) {
    this.practice.tell(item, verdict);
    this.#reckon();
    this.#showProgress();
    this.view.showTold(this.practice.told);
    this.#showPressed();
  }

  #moveOn() {
    this.#reckon();
    this.#advance();
    this.#prepare();
  }

  // This page knows the last verdicts only; the next answer names those before the ones taken back.
  #reachBack() {
    const isMore = this.state.nVerdicts > 0;
    if (isMore) this.courier.sendIn(0);
    this.view.tell(isMore ? "Fetching your earlier verdicts: press again." : "There is nothing to undo.");
  }

  #turnTo(taskId, isAway) {
    this.current = taskId;
    this.isAway = isAway;
    this.#reckon();
    this.#show();
    this.#prepare();
    if (!this.item) this.courier.sendIn(0);
  }
}
