// Remembers the masks whose images cannot be had now, and when to try one of them again.

const FIRST_RETRY = 2000; // ms until the next try; then twice as long
const LAST_RETRY = 15000;

class Unreached {
  constructor() {
    this.reasons = new Map(); // mask → why; the one tried longest ago first
    this.delay = FIRST_RETRY;
    this.at = 0;
  }

  get taskIds() {
    return [...this.reasons.keys()];
  }

  get retryIn() {
    return Math.max(0, this.at - performance.now());
  }

  get card() {
    const [reason] = this.reasons.values();
    const text = `${sentence(reason)}\nThe page tries again by itself; nothing is lost.`;
    return { glyph: "…", title: "Waiting for the images", text };
  }

  has(taskId) {
    return this.reasons.has(taskId);
  }

  // Takes note of an item that came; tells whether its image has to be waited for.
  heed({ task_id: taskId, waiting }) {
    const isRetry = this.reasons.delete(taskId);
    if (waiting === undefined) {
      if (isRetry) [this.delay, this.at] = [FIRST_RETRY, 0];
      return false;
    }
    this.reasons.set(taskId, waiting);
    if (isRetry) this.delay = Math.min(LAST_RETRY, 2 * this.delay);
    this.at = Math.max(this.at, performance.now() + this.delay);
    return true;
  }
}
