// Keeps every verdict in the browser until Python has confirmed it, also over a reload.
// Each event has an entry of its own, so that several tabs never overwrite each other's.

class Outbox {
  constructor(scope, reviewer) {
    this.scope = scope;
    this.reviewer = reviewer;
    this.prefix = `mask-audit/outbox/${scope}/${reviewer}/`;
    this.isKept = true;
    this.events = this.#stored();
    this.sequence = Math.max(0, ...this.events.map((event) => event.sequence));
  }

  isOf(scope, reviewer) {
    return scope === this.scope && reviewer === this.reviewer;
  }

  add(event) {
    // In order even when the clock jumps back.
    this.sequence = Math.max(this.sequence + 1, Date.now());
    const kept = { ...event, client_key: newKey(), sequence: this.sequence };
    this.events.push(kept);
    try {
      localStorage.setItem(this.prefix + kept.client_key, JSON.stringify(kept));
    } catch {
      this.isKept = false; // full or forbidden: the verdict still goes out, it only cannot survive a reload
    }
    return kept;
  }

  // Not sent any more from this page, but kept for another day.
  setAside(clientKeys) {
    const aside = new Set(clientKeys);
    this.events = this.events.filter((event) => !aside.has(event.client_key));
  }

  remove(clientKeys) {
    const gone = new Set(clientKeys);
    this.setAside(gone);
    for (const key of gone) {
      try {
        localStorage.removeItem(this.prefix + key);
      } catch {
        return;
      }
    }
  }

  #stored() {
    const events = [];
    try {
      for (let index = 0; index < localStorage.length; index += 1) {
        const name = localStorage.key(index);
        if (!name.startsWith(this.prefix)) continue;
        const event = JSON.parse(localStorage.getItem(name));
        if (event?.client_key === name.slice(this.prefix.length)) events.push(event);
      }
    } catch {
      this.isKept = false;
    }
    return events.sort((one, other) => (one.sequence ?? 0) - (other.sequence ?? 0));
  }
}

function newKey() {
  // crypto.randomUUID exists only on https and localhost.
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, "0")).join("");
}
