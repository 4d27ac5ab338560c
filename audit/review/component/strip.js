// The last verdicts as thumbnails, the latest first; changed in place, so that the focus stays where it is.

const N_IN_STRIP = 10;

class Strip {
  constructor(list) {
    this.list = list;
    this.thumbnails = new Map();
  }

  show(history, current) {
    const entries = history.slice(-N_IN_STRIP).reverse();
    const seen = new Set(entries.map((past) => past.task_id));
    for (const taskId of this.thumbnails.keys()) if (!seen.has(taskId)) this.thumbnails.delete(taskId);
    const present = new Map([...this.list.children].map((row) => [row.dataset.taskId, row]));
    const rows = entries.map((past) => {
      const row = present.get(past.task_id) ?? madeRow(past.task_id);
      fillRow(row, past, this.thumbnails.get(past.task_id));
      row.firstElementChild.setAttribute("aria-pressed", past.task_id === current);
      return row;
    });
    if (!rows.length) rows.push(made("li", { className: "none", text: "Your last verdicts appear here." }));
    this.#arrange(rows);
  }

  #arrange(rows) {
    const focused = this.list.getRootNode().activeElement;
    for (const row of [...this.list.children]) if (!rows.includes(row)) row.remove();
    rows.forEach((row, place) => {
      const there = this.list.children[place];
      if (there !== row) this.list.insertBefore(row, there ?? null);
    });
    if (this.list.contains(focused)) focused.focus({ preventScroll: true }); // it was moved
  }
}

function madeRow(taskId) {
  const mark = made("span", { className: "verdict-mark" });
  const button = made("button", { action: "reopen" }, made("span", { className: "name" }), mark);
  button.dataset.reopens = taskId;
  const row = made("li", {}, button);
  row.dataset.taskId = taskId;
  return row;
}

function fillRow(row, past, thumbnail) {
  const label = `${past.entity}: ${chosenWords(past)}. Judge it again`;
  const [button] = row.children;
  const [face, mark] = button.children;
  button.title = label;
  button.setAttribute("aria-label", label);
  row.dataset.verdict = chosen(past);
  row.dataset.flagged = Boolean(past.flagged);
  setText(mark, ICON_OF_CHOICE[chosen(past)]);
  if (thumbnail && face !== thumbnail) face.replaceWith(thumbnail);
  if (!thumbnail && face.matches(".name")) setText(face, past.entity);
}

// What a verdict or a preference says.
function chosen(past) {
  return past.verdict ?? past.preference;
}

function chosenWords({ reasons = [], ...past }) {
  const words = reasons.length ? ` (${reasons.join(", ").replaceAll("_", " ")})` : "";
  return `${chosen(past)}${words}`;
}
