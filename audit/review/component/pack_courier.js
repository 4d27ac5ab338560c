// Answers the desk from an offline pack, where the page of a server has a courier that carries messages.

const N_COMING = 12; // masks named ahead
const N_RECENT = 40; // verdicts that the desk knows of: ten to show, the rest so that undo never waits
const MAX_ANSWERED = 3; // items in one answer: more would hold up the keys

class Courier {
  // `desk` is asked for needs(), and told by take(answer), as by the courier of a server.
  constructor(desk) {
    this.desk = desk;
    this.events = []; // noted, but in no answer yet
    this.isOffline = false; // there is no server to lose
  }

  get saved() {
    if (this.verdicts?.isKept === false) return { state: "offline", text: "Only in this tab: do not close it" };
    return { state: "saved", text: "Kept in this browser" };
  }

  // Takes the pack to be judged.
  receive(pack) {
    this.pack = pack;
    this.verdicts = new PackVerdicts(pack.packId);
    this.strip = new PackStrip(pack, this.verdicts);
    this.listeners = new AbortController();
    window.addEventListener("storage", () => this.#refresh(), { signal: this.listeners.signal });
    this.#answer();
  }

  add(event) {
    this.verdicts.note(event);
    this.events.push(event);
    this.sendIn(0);
  }

  sendIn(delay) {
    clearTimeout(this.sending);
    this.sending = setTimeout(() => this.#answer(), delay);
  }

  close() {
    this.listeners.abort();
    clearTimeout(this.sending);
  }

  // Another tab with this pack has changed what is kept.
  #refresh() {
    this.verdicts.refresh();
    this.sendIn(0);
  }

  #answer() {
    const { pack, verdicts, desk } = this;
    const coming = pack.taskIds.filter((taskId) => !verdicts.byTask.has(taskId)).slice(0, N_COMING);
    const { held, wanted } = desk.needs();
    const lacking = [...new Set([...wanted, ...coming])].filter((taskId) => !held.includes(taskId));
    this.events = [];
    desk.take({
      ...pack.opening,
      n_settled: verdicts.byTask.size,
      n_verdicts: verdicts.byTask.size,
      coming,
      items: lacking.slice(0, MAX_ANSWERED).map((taskId) => pack.item(taskId)),
      recent: verdicts.standing.slice(-N_RECENT).map((each) => ({ ...each, entity: pack.entity(each.task_id) })),
    });
    this.strip.show();
    if (lacking.length > MAX_ANSWERED) this.sendIn(0);
  }
}
