// The round before the first verdict that counts: how far it is, and the answer after each mask of it.

class Practice {
  constructor(n) {
    this.n = n;
    this.judged = new Set();
    this.told = null; // the item whose answer is being told
    this.isEnding = false; // its last answer was told, and what comes next counts
  }

  // What the header says while an item is shown.
  label(item) {
    if (!item?.practice) return "";
    const number = this.judged.size + (this.judged.has(item.task_id) ? 0 : 1);
    return this.n ? `Practice ${Math.min(number, this.n)} of ${this.n}` : "Practice";
  }

  tell(item, verdict) {
    this.judged.add(item.task_id);
    this.told = { item, verdict };
  }

  takeBack(taskId) {
    this.judged.delete(taskId);
    this.told = null;
  }

  goOn() {
    this.told = null;
    this.isEnding = true;
  }

  // Whether an item is the first that counts after practice; true once only.
  endsAt(item) {
    if (!this.isEnding || !item || item.unjudgable !== undefined) return false;
    this.isEnding = false;
    return !item.practice;
  }
}
