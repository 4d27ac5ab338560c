// Where looking back and ahead leads: through the verdicts that are known, the mask that is due, and those after it.

class Walk {
  constructor(history, queue) {
    this.line = [...history.map((past) => past.task_id), ...queue];
    this.due = history.length; // its place in the line
  }

  // The mask so many places from another one; where that is null, from the one that is due.
  from(taskId, steps) {
    const place = this.#place(taskId) + steps;
    return this.line[place] ?? null;
  }

  words(taskId) {
    const distance = this.#place(taskId) - this.due;
    if (distance === 0) return "Judge it, or go back";
    if (distance > 0) return `Looking ahead: ${distance} after the one that is due`;
    return distance === -1 ? "Your last verdict" : `Looking back: ${-distance} verdicts ago`;
  }

  #place(taskId) {
    const place = this.line.indexOf(taskId);
    return place < 0 ? this.due : place;
  }
}
