// Carries messages to Python and answers back: one at a time, sent again until answered, harmless if repeated.

const SEND_AFTER = 120; // ms: presses close together go out together
const PATIENCE = 4000; // ms without an answer after which the connection counts as lost
const RETRY_AFTER = 2000;
const SIGN_OUT = "./sign-out";
const ASK_OTHERS_AFTER = 15_000;
const SIGN_OF_LIFE_AFTER = 50_000; // shorter than the shortest lease of the masks that wait here

class Courier {
  // `desk` is asked for needs() and isWaitingForOthers, and told by take(answer), tell(text), showSaved() and
  // leave().
  constructor(desk) {
    this.desk = desk;
    this.outbox = null; // until the first answer says whose it is
    this.number = 0;
    this.answered = null;
    this.isAwaiting = false;
    this.isOffline = false;
    this.listeners = new AbortController();
    this.showingLife = setInterval(() => this.#showLife(), SIGN_OF_LIFE_AFTER);
    document.addEventListener("visibilitychange", () => this.#showLife(), { signal: this.listeners.signal });
    this.signOuts = new BroadcastChannel("mask-audit/sign-out"); // told by the page that signs out
    this.signOuts.onmessage = () => {
      this.#leave();
      location.replace(SIGN_OUT);
    };
  }

  get events() {
    return this.outbox?.events ?? [];
  }

  // How what was pressed is kept, for the header.
  get saved() {
    const n = this.events.length;
    const kept = this.outbox?.isKept === false ? "; keep this tab open" : ", kept here";
    const unsent = n ? ` · ${n} unsent${kept}` : "";
    if (this.isOffline) return { state: "offline", text: `Not connected${unsent}` };
    return n ? { state: "sending", text: `Sending ${n}` } : { state: "saved", text: "Saved" };
  }

  add(event) {
    this.outbox.add(event);
    this.sendIn(SEND_AFTER);
  }

  // Streamlit calls this whenever it draws the page, also with an answer that was taken before.
  receive(bytes, post) {
    this.post = post;
    if (!bytes || bytes === this.received) return;
    this.received = bytes;
    const answer = unpackAnswer(bytes);
    const isOpening = answer.number === 0; // the page, or the server, has just started
    if (!isOpening && answer.number === this.answered) return;
    this.answered = answer.number;
    this.#settle(Boolean(answer.trouble));
    this.outbox ??= new Outbox(answer.scope, answer.reviewer);
    if (!this.outbox.isOf(answer.scope, answer.reviewer)) {
      this.#turn();
      return;
    }
    if (answer.trouble) {
      this.desk.tell(`Nothing is lost, but the server cannot store it now: ${answer.trouble}`);
      this.sendIn(RETRY_AFTER);
      return;
    }
    const { refused } = answer;
    const forgotten = refused.filter((each) => !each.is_kept).map((each) => each.client_key);
    this.outbox.remove([...answer.confirmed, ...forgotten]);
    this.outbox.setAside(refused.filter((each) => each.is_kept).map((each) => each.client_key));
    if (refused.length) this.desk.tell(`Not stored: ${refused.map((each) => each.message).join("; ")}.`);
    this.desk.take(answer);
    const pictures = answer.items.filter((item) => item.waiting === undefined);
    const isProgress = isOpening || pictures.length + answer.confirmed.length + refused.length > 0;
    const { lacking, waiting, retryIn } = this.desk.needs();
    if (this.events.length || lacking.length) this.sendIn(isProgress ? 0 : RETRY_AFTER);
    else if (waiting.length) this.sendIn(retryIn);
    else if (this.desk.isWaitingForOthers) this.sendIn(ASK_OTHERS_AFTER);
  }

  sendIn(delay) {
    clearTimeout(this.sending);
    this.sending = setTimeout(() => this.#send(), delay);
  }

  close() {
    clearTimeout(this.sending);
    clearTimeout(this.waiting);
    clearInterval(this.showingLife);
    this.listeners.abort();
    this.signOuts.close();
  }

  // While somebody sees the page, the masks that wait here go to nobody else.
  #showLife() {
    if (document.visibilityState === "visible") this.sendIn(0);
  }

  #send() {
    if (this.isAwaiting || !this.outbox) return; // what is left goes out when the answer comes
    this.number += 1;
    this.isAwaiting = true;
    this.waiting = setTimeout(() => this.#overdue(), PATIENCE);
    const { scope, reviewer, events } = this.outbox;
    const { held, wanted, ...needs } = this.desk.needs();
    const waiting = needs.waiting.filter((taskId) => !wanted.includes(taskId));
    this.post({ number: this.number, scope, reviewer, held, wanted, waiting, events });
    this.desk.showSaved();
  }

  // The server behind this address now shows another sample. What is unsent stays in the browser, under the
  // name of its own sample, and goes out when that is shown again.
  #turn() {
    if (!this.outbox.isKept && this.events.length) {
      const n = this.events.length;
      this.desk.tell(`The server shows another sample now. Keep this tab open: ${n} verdicts are only in it.`);
      this.sendIn(RETRY_AFTER);
      return;
    }
    this.#leave();
    location.reload();
  }

  #leave() {
    this.close();
    this.isAwaiting = true; // nothing goes out any more
    this.desk.leave();
  }

  #overdue() {
    this.#settle(true);
    this.desk.showSaved();
    this.sendIn(RETRY_AFTER);
  }

  #settle(isOffline) {
    clearTimeout(this.waiting);
    this.isAwaiting = false;
    this.isOffline = isOffline;
  }
}
