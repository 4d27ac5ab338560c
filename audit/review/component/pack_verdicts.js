// Keeps what the reviewer of an offline pack has judged, in the browser, also over a reload.
// Each mask has an entry of its own, so that several tabs never overwrite each other's.

class PackVerdicts {
  constructor(packId) {
    this.prefix = `mask-audit/pack/${packId}/`;
    this.isKept = true;
    this.byTask = new Map(); // mask → its verdict; the latest verdict last
    this.refresh();
    this.#try(() => {
      localStorage.setItem(`${this.prefix}probe`, "");
      localStorage.removeItem(`${this.prefix}probe`);
    });
  }

  // In the order in which they were given.
  get standing() {
    return [...this.byTask.values()];
  }

  // Takes in what another tab has done meanwhile.
  refresh() {
    if (!this.isKept) return; // some of what is held here is nowhere else
    this.#try(() => {
      const kept = [];
      for (let index = 0; index < localStorage.length; index += 1) {
        const name = localStorage.key(index);
        if (name.startsWith(this.prefix)) kept.push(parsed(localStorage.getItem(name)));
      }
      const verdicts = kept.filter((each) => each?.verdict).sort((one, other) => one.sequence - other.sequence);
      this.byTask = new Map(verdicts.map((each) => [each.task_id, each]));
    });
  }

  note(event) {
    const taskId = event.task_id;
    const last = this.standing.at(-1)?.sequence ?? 0;
    this.byTask.delete(taskId); // a new verdict is the latest, wherever the old one stood
    if (event.kind !== "reading") {
      this.#try(() => localStorage.removeItem(this.prefix + taskId));
      return;
    }
    const { verdict, reasons, comment, flagged, seconds, decided_at } = event;
    const sequence = Math.max(last + 1, Date.now()); // in order even when the clock jumps back
    const kept = { task_id: taskId, verdict, reasons, comment, flagged, seconds, decided_at, sequence };
    this.byTask.set(taskId, kept);
    this.#try(() => localStorage.setItem(this.prefix + taskId, JSON.stringify(kept)));
  }

  #try(store) {
    try {
      store();
    } catch {
      this.isKept = false; // full or forbidden: the verdict counts, it only cannot survive a reload
    }
  }
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

const CSV_COLUMNS = [
  "mask_id", "reviewer", "verdict", "reasons", "comment", "flagged", "seconds", "decided_at",
];

// The file that `mask-audit verdicts import` takes.
function verdictsAsCsv(verdicts, reviewer) {
  const rows = verdicts.map((each) => [
    each.task_id, reviewer, each.verdict, each.reasons.join(";"), each.comment ?? "",
    each.flagged ? "yes" : "", each.seconds ?? "", each.decided_at,
  ]);
  return [CSV_COLUMNS, ...rows].map((row) => `${row.map(csvCell).join(",")}\n`).join("");
}

function csvCell(value) {
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
