// Carries messages to Python and answers back: one at a time, sent again until answered, harmless if repeated.

const SEND_AFTER = 120; // ms: presses close together go out together
const PATIENCE = 4000; // ms without an answer after which the connection counts as lost
const RETRY_AFTER = 2000;

class Courier {
  // `desk` is asked for held(), wanted() and lacking(), and told by take(answer), tell(text) and showSaved().
  constructor(desk) {
    this.desk = desk;
    this.outbox = null; // until the first answer says whose it is
    this.number = 0;
    this.answered = null;
    this.isAwaiting = false;
    this.isOffline = false;
  }

  get events() {
    return this.outbox?.events ?? [];
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
    if (answer.trouble) {
      this.desk.tell(`Nothing is lost, but the server cannot store it now: ${answer.trouble}`);
      this.sendIn(RETRY_AFTER);
      return;
    }
    this.outbox ??= new Outbox(answer.scope, answer.reviewer);
    const refused = answer.refused.map((each) => each.client_key);
    this.outbox.remove([...answer.confirmed, ...refused]);
    if (refused.length) this.desk.tell(`Not stored: ${answer.refused.map((each) => each.message).join("; ")}.`);
    this.desk.take(answer);
    const isProgress = isOpening || answer.items.length + answer.confirmed.length + refused.length > 0;
    if (this.events.length || this.desk.lacking().length) this.sendIn(isProgress ? 0 : RETRY_AFTER);
  }

  sendIn(delay) {
    clearTimeout(this.sending);
    this.sending = setTimeout(() => this.#send(), delay);
  }

  close() {
    clearTimeout(this.sending);
    clearTimeout(this.waiting);
  }

  #send() {
    if (this.isAwaiting || !this.outbox) return; // what is left goes out when the answer comes
    this.number += 1;
    this.isAwaiting = true;
    this.waiting = setTimeout(() => this.#overdue(), PATIENCE);
    this.post({
      number: this.number, held: this.desk.held(), wanted: this.desk.wanted(), events: this.events,
    });
    this.desk.showSaved();
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
