// The items that the desk has, and those whose images have to be waited for.

const N_KEPT = 12; // judged items kept for undo

class Shelf {
  constructor() {
    this.items = new Map();
    this.unreached = new Unreached();
  }

  get(taskId) {
    return this.items.get(taskId);
  }

  put(items) {
    for (const item of items) if (!this.unreached.heed(item)) this.items.set(item.task_id, item);
  }

  get unjudgable() {
    return [...this.items.values()].filter((item) => item.unjudgable !== undefined).map((item) => item.task_id);
  }

  // What a courier asks Python for, and what it has to know for it.
  needs(current, queue) {
    const wanted = this.#wanted(current, queue);
    const lacking = [...wanted, ...queue].filter((taskId) => !this.items.has(taskId));
    const { taskIds: waiting, retryIn } = this.unreached;
    return { held: [...this.items.keys()], wanted, lacking, waiting, retryIn };
  }

  // Out of turn: the mask on the stage, and one of those waited for when it is time again.
  #wanted(current, queue) {
    const wanted = current !== null && !this.items.has(current) ? [current] : [];
    const isRoom = queue.filter((taskId) => this.items.has(taskId)).length < N_KEPT;
    const isDue = isRoom && this.unreached.retryIn === 0;
    return isDue ? [...wanted, ...this.unreached.taskIds.slice(0, 1)] : wanted;
  }

  // Keeps what is coming and what was judged last; a photo can weigh megabytes.
  tidy(current, queue, history) {
    const last = history.slice(-N_KEPT).map((past) => past.task_id);
    const kept = new Set([current, ...queue, ...last]);
    for (const taskId of this.items.keys()) if (!kept.has(taskId)) this.items.delete(taskId);
  }
}
