// The desk: holds the items, shows one, and acts on keys and clicks.

const N_PREPARED = 3; // items decoded ahead; the others wait as files
const N_KEPT = 12; // judged items kept for undo
const MODES = ["contour", "fill", "spotlight", "off"];

class Desk {
  constructor(parent) {
    this.courier = new Courier(this);
    this.view = new View(parent, (action, taskId) => this.act(action, taskId));
    this.root = this.view.desk;
    this.context = this.view.canvas.getContext("2d", { alpha: false });
    this.items = new Map();
    this.unreached = new Unreached();
    this.pictures = new Map();
    this.thumbnails = new Map();
    this.durations = [];
    this.stepped = new Set();
    this.current = null;
    this.reopened = null;
    this.isPainted = false;
    this.isHidden = false;
    this.mode = remembered("mode", MODES, "fill");
    this.opacity = Number(remembered("opacity", null, "0.5")) || 0.5;
    this.listeners = new AbortController();
    const { signal } = this.listeners;
    window.addEventListener("keydown", (event) => this.#pressed(event), { capture: true, signal });
    window.addEventListener("keyup", (event) => this.#released(event), { capture: true, signal });
    window.addEventListener("blur", () => this.#hide(false), { signal });
    this.view.showOverlay(this.mode, this.opacity, false);
    this.resizing = new ResizeObserver(() => this.#resized());
    this.resizing.observe(this.view.stage);
    this.resizing.observe(this.view.inset);
  }

  close() {
    this.listeners.abort();
    this.resizing.disconnect();
    this.courier.close();
  }

  // What the courier asks and tells.

  take(answer) {
    const isFirst = !this.answer;
    this.answer = answer;
    if (isFirst) {
      this.view.showChoices(answer.choices);
      setText(this.view.who, answer.reviewer);
    }
    for (const item of answer.items) if (!this.unreached.heed(item)) this.items.set(item.task_id, item);
    this.#reckon();
    if (this.reopened !== null && this.unreached.has(this.reopened)) {
      this.view.tell(`${sentence(this.unreached.reasons.get(this.reopened))} Its verdict stays as it is.`);
    }
    if (this.current === null || this.unreached.has(this.current)) this.#advance();
    else if (!this.isPainted) this.#show();
    this.#tidy();
    this.#prepare();
  }

  held() {
    return [...this.items.keys()];
  }

  wanted() {
    const wanted = this.current !== null && !this.items.has(this.current) ? [this.current] : [];
    const isRoom = this.queue?.filter((taskId) => this.items.has(taskId)).length < N_KEPT;
    const isDue = isRoom && this.unreached.retryIn === 0;
    return isDue ? [...wanted, ...this.waiting().slice(0, 1)] : wanted;
  }

  waiting() {
    return this.unreached.taskIds;
  }

  retryIn() {
    return this.unreached.retryIn;
  }

  lacking() {
    return [...this.wanted(), ...(this.queue ?? [])].filter((taskId) => !this.items.has(taskId));
  }

  tell(text) {
    this.view.tell(text, "refused");
  }

  showSaved() {
    const { events, isOffline, outbox } = this.courier;
    const kept = outbox?.isKept === false ? "; keep this tab open" : ", kept here";
    const unsent = events.length ? ` · ${events.length} unsent${kept}` : "";
    if (isOffline) this.view.showSaved("offline", `Not connected${unsent}`);
    else if (events.length) this.view.showSaved("sending", `Sending ${events.length}`);
    else this.view.showSaved("saved", "Saved");
  }

  // The page is about to be opened anew: what is pressed until then must not count.
  leave() {
    this.listeners.abort();
    this.answer = null;
  }

  // Where we are.

  #reckon() {
    this.state = reckon(this.answer, this.courier.events);
    const cards = [...this.items.values()].filter((item) => item.unjudgable !== undefined);
    const taskIds = new Set([...cards.map((item) => item.task_id), ...this.state.queue]);
    this.queue = [...taskIds].filter((taskId) => !this.#isPassedOver(taskId));
    const { n_masks: nMasks, n_unjudgable: nUnjudgable } = this.answer;
    const { history, nSettled } = this.state;
    this.view.showProgress({ nSettled, nMasks, nUnjudgable, pace: median(this.durations) });
    this.view.showHistory(history, this.thumbnails, this.reopened);
    this.showSaved();
  }

  #isPassedOver(taskId) {
    return this.stepped.has(taskId) || this.unreached.has(taskId);
  }

  // Keeps what is coming and what was judged last; a photo can weigh megabytes.
  #tidy() {
    const last = this.state.history.slice(-N_KEPT).map((past) => past.task_id);
    const wanted = new Set([this.current, this.reopened, ...this.queue, ...last]);
    for (const taskId of this.items.keys()) if (!wanted.has(taskId)) this.items.delete(taskId);
    const ready = new Set([this.current, ...this.queue.slice(0, N_PREPARED), ...last.slice(-1)]);
    for (const taskId of this.pictures.keys()) if (!ready.has(taskId)) this.pictures.delete(taskId);
    const seen = new Set(this.state.history.slice(-10).map((past) => past.task_id));
    for (const taskId of this.thumbnails.keys()) if (!seen.has(taskId)) this.thumbnails.delete(taskId);
  }

  // Showing.

  #advance() {
    this.reopened = null;
    this.current = this.queue[0] ?? null;
    this.#show();
  }

  #show() {
    const item = this.items.get(this.current);
    const picture = this.pictures.get(this.current);
    this.isPainted = false;
    this.root.dataset.painted = "false";
    this.root.dataset.taskId = this.current ?? "";
    const isReady = this.view.isStageSeen && item && (item.unjudgable !== undefined || picture);
    const reopened = this.state.history.find((past) => past.task_id === this.reopened);
    this.view.showCard(this.#card(item, isReady));
    this.view.showItem(item, reopened);
    if (!isReady) return;
    if (picture) this.#paint();
    this.#afterPaint(this.current);
  }

  #card(item, isReady) {
    if (!this.view.isStageSeen) return { glyph: "↔", title: "Make the window larger", text: "" };
    if (this.current === null) return this.#doneCard();
    if (!item && this.waiting().length) return this.unreached.card;
    if (!isReady) {
      const text = this.courier.isOffline ? "Waiting for the server." : "";
      return { glyph: "…", title: "Fetching the image", text };
    }
    if (item.unjudgable === undefined) return null;
    return {
      glyph: "⊘", title: "Unjudgable", canStep: true,
      text: `${sentence(item.unjudgable)}\nThis is noted in the report; it needs no verdict.`,
    };
  }

  #doneCard() {
    const { n_masks: nMasks, n_unjudgable: nUnjudgable } = this.answer;
    if (this.waiting().length && this.state.nSettled < nMasks) return this.unreached.card;
    if (this.state.queue.some((taskId) => !this.stepped.has(taskId)) || this.#isMoreComing()) {
      return { glyph: "…", title: "Fetching the next masks", text: "" };
    }
    if (nMasks === 0) {
      return { glyph: "○", title: "Nothing to judge", text: "This sample holds no mask that needs eyes." };
    }
    const lines = [`All ${nMasks.toLocaleString("en")} masks of this sample are settled.`];
    if (nUnjudgable) lines.push(`${nUnjudgable} could not be shown and count as unjudgable.`);
    lines.push("Undo and the strip below still work.");
    return { glyph: "✓", title: "All done, thank you", text: lines.join("\n") };
  }

  // Python names the next few only: after these there may be more.
  #isMoreComing() {
    const { n_masks: nMasks, coming } = this.answer;
    return this.state.nSettled < nMasks && !coming.every((taskId) => this.stepped.has(taskId));
  }

  #paint() {
    const picture = this.pictures.get(this.current);
    if (!picture) return;
    picture.paint(this.context, this.isHidden ? "off" : this.mode, this.opacity);
    const inset = this.view.insetCanvas.getContext("2d");
    inset.clearRect(0, 0, inset.canvas.width, inset.canvas.height);
    inset.drawImage(picture.inset, 0, 0);
  }

  // Keys count from when the frame is on the screen, not from when it was drawn.
  #afterPaint(taskId) {
    const turn = Symbol("turn");
    this.turn = turn;
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => {
        port1.close();
        if (this.turn !== turn || this.current !== taskId) return;
        this.isPainted = true;
        this.shownAt = performance.now();
        this.root.dataset.painted = "true";
      };
      port2.postMessage(null);
    });
  }

  async #prepare() {
    if (this.isPreparing) return;
    this.isPreparing = true;
    for (let taskId = this.#unprepared(); taskId; taskId = this.#unprepared()) {
      const item = this.items.get(taskId);
      try {
        const { canvas, insetCanvas } = this.view;
        this.pictures.set(taskId, await Picture.prepare(item, canvas, insetCanvas, this.ratio));
      } catch {
        this.items.set(taskId, { ...item, unjudgable: "this browser cannot show the image" });
      }
      if (taskId === this.current && !this.isPainted) this.#show();
    }
    this.isPreparing = false;
  }

  #unprepared() {
    const { canvas, insetCanvas } = this.view;
    const size = `${canvas.width}x${canvas.height}x${insetCanvas.width}x${insetCanvas.height}`;
    if (!this.ratio) return undefined;
    return [this.current, ...(this.queue ?? []).slice(0, N_PREPARED)].find((taskId) => {
      const item = this.items.get(taskId);
      return item && item.unjudgable === undefined && this.pictures.get(taskId)?.size !== size;
    });
  }

  #resized() {
    this.ratio = window.devicePixelRatio || 1;
    fit(this.view.canvas, this.view.stage, this.ratio);
    fit(this.view.insetCanvas, this.view.inset, this.ratio);
    if (!this.answer) return;
    this.#prepare().then(() => {
      if (this.view.isStageSeen === this.isPainted) this.#paint();
      else this.#show();
    });
  }

  // Acting.

  #pressed(event) {
    if (isRepeatedPress(event) && event.composedPath().includes(this.root)) event.preventDefault();
    const action = actionOf(event);
    if (action === null || !this.root.isConnected) return;
    event.preventDefault();
    event.stopPropagation();
    if (event.repeat) return; // a key held down is one press
    this.act(action);
  }

  #released(event) {
    if (event.key.toLowerCase() === "z") this.#hide(false);
  }

  act(action, taskId) {
    if (!this.answer) return;
    if (action === "help") return this.view.toggleHelp();
    if (!this.view.help.hidden) return action === "escape" && this.view.toggleHelp(false);
    if (action.startsWith("mode")) return this.#turnMode(action.slice(5));
    if (action.startsWith("reason-")) {
      const chosen = this.view.reasonKeys.get(action);
      return chosen && this.#judge(chosen.verdict, [chosen.reason]);
    }
    const acts = {
      correct: () => this.#judge("correct", []),
      incorrect: () => this.#judge("incorrect", []),
      unsure: () => (this.#isCard() ? this.#step() : this.#judge("unsure", [])),
      undo: () => this.#undo(),
      hide: () => this.#hide(true),
      fainter: () => this.#setOpacity(-0.1),
      stronger: () => this.#setOpacity(0.1),
      step: () => this.#step(),
      reopen: () => this.#reopen(taskId),
      escape: () => this.reopened !== null && this.#leave(),
    };
    return acts[action]?.();
  }

  #isCard() {
    return this.items.get(this.current)?.unjudgable !== undefined;
  }

  #judge(verdict, reasons) {
    if (!this.isPainted || this.current === null || this.#isCard()) return;
    const seconds = (performance.now() - this.shownAt) / 1000;
    const now = Date.now();
    const thumbnail = layer({ width: 132, height: 80 }, (context) => drawCover(context, this.view.canvas));
    this.thumbnails.set(this.current, thumbnail);
    this.courier.add({
      kind: "reading",
      task_id: this.current,
      entity: this.items.get(this.current).entity, // for the strip; Python leaves it out
      verdict,
      reasons,
      seconds: Number(seconds.toFixed(3)),
      shown_at: new Date(now - 1000 * seconds).toISOString(),
      decided_at: new Date(now).toISOString(),
      overlay_mode: this.mode,
    });
    this.durations = [...this.durations, seconds].slice(-20);
    this.#moveOn();
  }

  #moveOn() {
    this.isPainted = false;
    this.#reckon();
    this.#advance();
    this.#prepare();
  }

  #undo() {
    const last = this.state.history.at(-1);
    if (!last) return this.view.tell("There is nothing to undo.");
    this.courier.add({ kind: "withdrawal", task_id: last.task_id, decided_at: new Date().toISOString() });
    this.thumbnails.delete(last.task_id);
    this.reopened = null;
    this.current = last.task_id;
    this.#reckon();
    this.#show();
    this.#prepare();
    return this.view.tell(`Taken back: ${last.verdict}. Judge it again.`);
  }

  #reopen(taskId) {
    this.reopened = taskId;
    this.current = taskId;
    this.#reckon();
    this.#show();
    this.#prepare();
    if (!this.items.has(taskId)) this.courier.sendIn(0);
    this.view.tell("Judge it again, or press Esc to leave it as it is.");
  }

  #leave() {
    this.#advance();
    this.#reckon();
    this.#prepare();
  }

  #step() {
    if (!this.isPainted || !this.#isCard()) return;
    this.stepped.add(this.current);
    this.#moveOn();
  }

  #hide(isHidden) {
    if (this.isHidden === isHidden) return;
    this.isHidden = isHidden;
    this.#paint();
    this.view.showOverlay(this.mode, this.opacity, isHidden);
  }

  #turnMode(mode) {
    this.mode = mode || MODES[(MODES.indexOf(this.mode) + 1) % MODES.length];
    remember("mode", this.mode);
    this.#paint();
    this.view.showOverlay(this.mode, this.opacity, this.isHidden);
  }

  #setOpacity(change) {
    this.opacity = Math.min(1, Math.max(0.1, Math.round(10 * (this.opacity + change)) / 10));
    remember("opacity", this.opacity);
    this.#paint();
    this.view.showOverlay(this.mode, this.opacity, this.isHidden);
  }
}

const DESKS = new WeakMap();

// Streamlit calls this whenever the page is drawn, with a new answer or with the same one.
export default function mount({ parentElement, data, setTriggerValue }) {
  let desk = DESKS.get(parentElement);
  if (!desk) {
    desk = new Desk(parentElement);
    DESKS.set(parentElement, desk);
  }
  desk.courier.receive(data, (message) => setTriggerValue("exchange", message));
  return () => {
    desk.close();
    DESKS.delete(parentElement);
  };
}
