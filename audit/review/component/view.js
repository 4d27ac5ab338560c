// Writes what the desk knows into the page. Text of the dataset only ever enters as textContent.

const ICON_OF_VERDICT = { correct: "✓", incorrect: "✕", unsure: "?" };
const MIN_STAGE = 80; // CSS pixels: on a smaller stage nobody sees a mask
const KEY_OF_VERDICT = { correct: "A", incorrect: "X", unsure: "Space" };

class View {
  constructor(root, act) {
    this.root = root;
    for (const element of root.querySelectorAll("[data-ref]")) this[element.dataset.ref] = element;
    this.act = act;
    for (const [keys, meaning] of KEY_HELP) {
      const caps = keys.split("  ").map((key) => made("kbd", { text: key }));
      this.keyList.append(made("dt", {}, ...caps), made("dd", { text: meaning }));
    }
    // Streamlit's frame scrolls nothing here: Tab would only stop at something invisible.
    document.querySelector('[data-testid="stMain"]')?.setAttribute("tabindex", "-1");
    this.desk.addEventListener("click", (event) => this.#clicked(event));
  }

  get isStageSeen() {
    return Math.min(this.stage.clientWidth, this.stage.clientHeight) >= MIN_STAGE;
  }

  // Verdicts and reasons are defined in Python, for every front end alike.
  showChoices(choices) {
    let digit = 0;
    this.reasonKeys = new Map();
    this.verdicts.replaceChildren(...choices.map(({ verdict, label, meaning, reasons }) => {
      const key = KEY_OF_VERDICT[verdict];
      const decide = made(
        "button", { className: "decide", title: meaning, action: verdict, key },
        made("i", { text: ICON_OF_VERDICT[verdict] }), made("span", { text: label }), made("kbd", { text: key }),
      );
      const chips = reasons.map((each) => {
        digit += 1;
        const action = `reason-${digit}`;
        this.reasonKeys.set(action, { verdict, reason: each.reason });
        return made(
          "button", { className: "reason", title: each.meaning, action, key: `${digit}` },
          made("kbd", { text: `${digit}` }), made("span", { text: each.label }),
        );
      });
      const group = made("div", { className: "verdict" }, decide);
      if (chips.length) group.append(made("div", { className: "reasons" }, ...chips));
      group.dataset.verdict = verdict;
      return group;
    }));
  }

  showProgress({ nSettled, nMasks, nUnjudgable, pace }) {
    const nLeft = nMasks - nSettled;
    const share = nMasks ? nSettled / nMasks : 1;
    setText(this.count, `${nSettled.toLocaleString("en")} / ${nMasks.toLocaleString("en")}`);
    this.count.title = nUnjudgable ? `${nUnjudgable} of them cannot be shown` : "";
    this.progressFill.style.width = `${100 * share}%`;
    this.progress.setAttribute("aria-valuenow", Math.round(100 * share));
    const isKnown = pace !== null && nLeft > 0;
    setText(this.pace, isKnown ? `${pace.toFixed(1)} s each · ${duration(pace * nLeft)} to go` : "");
  }

  showSaved(state, text) {
    this.saved.dataset.state = state;
    setText(this.savedText, text);
  }

  showItem(item, verdict) {
    this.asked.hidden = !item;
    setText(this.entity, item?.entity ?? "");
    this.entity.title = item?.entity ?? "";
    setText(this.question, item?.question ?? "");
    this.question.title = item?.question ?? "";
    this.question.hidden = !item?.question;
    this.canvas.setAttribute("aria-label", item ? `The image with the region to judge: ${item.entity}` : "");
    for (const button of this.verdicts.querySelectorAll("[data-action]")) {
      const { action } = button.dataset;
      const chosen = this.reasonKeys.get(action);
      const isChosen = verdict && (action === verdict.verdict || verdict.reasons.includes(chosen?.reason));
      button.setAttribute("aria-pressed", Boolean(isChosen));
    }
  }

  showCard(card) {
    this.card.hidden = !card;
    this.canvas.hidden = Boolean(card);
    this.whole.hidden = Boolean(card);
    this.verdicts.setAttribute("aria-disabled", Boolean(card));
    if (!card) return;
    setText(this.cardGlyph, card.glyph);
    setText(this.cardTitle, card.title);
    setText(this.cardText, card.text);
    this.cardButton.hidden = !card.canStep;
  }

  showOverlay(mode, opacity, isHidden) {
    for (const button of this.modes.children) {
      button.setAttribute("aria-pressed", button.dataset.mode === mode);
    }
    this.opacityFill.style.width = `${100 * opacity}%`;
    this.ghost.hidden = !isHidden;
  }

  showHistory(history, thumbnails, reopened) {
    const entries = history.slice(-10).reverse();
    const present = new Map([...this.strip.children].map((row) => [row.dataset.taskId, row]));
    const rows = entries.map((past) => {
      const row = present.get(past.task_id) ?? madeRow(past.task_id);
      fillRow(row, past, thumbnails.get(past.task_id));
      row.firstElementChild.setAttribute("aria-pressed", past.task_id === reopened);
      return row;
    });
    if (!rows.length) rows.push(made("li", { className: "none", text: "Your last verdicts appear here." }));
    const focused = this.#focused();
    for (const row of [...this.strip.children]) if (!rows.includes(row)) row.remove();
    rows.forEach((row, place) => {
      const there = this.strip.children[place];
      if (there !== row) this.strip.insertBefore(row, there ?? null);
    });
    if (this.strip.contains(focused)) focused.focus({ preventScroll: true }); // it was moved
  }

  #focused() {
    return this.root.getRootNode().activeElement;
  }

  tell(text, kind = "note") {
    clearTimeout(this.telling);
    this.banner.dataset.kind = kind;
    setText(this.banner.firstElementChild, text);
    setText(this.spoken, text);
    this.banner.hidden = !text;
    this.telling = setTimeout(() => { this.banner.hidden = true; }, kind === "refused" ? 9000 : 2500);
  }

  toggleHelp(isOpen = this.help.hidden) {
    if (isOpen && this.help.hidden) this.opener = this.#focused();
    this.help.hidden = !isOpen;
    for (const part of this.desk.children) if (part !== this.help) part.inert = isOpen;
    const next = isOpen ? this.help.querySelector("button") : this.opener;
    next?.focus({ preventScroll: true });
  }

  #clicked(event) {
    const button = event.target.closest("button");
    if (!button) return;
    if (event.detail > 0) button.blur(); // a mouse click leaves the keys to the desk
    if (event.detail > 1 && button.closest(".verdicts")) return; // the second click of a double click
    if (button.dataset.mode) this.act("mode-" + button.dataset.mode);
    else this.act(button.dataset.action, button.dataset.reopens);
  }
}

function made(tag, { className, text, title, action, key } = {}, ...children) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (title) element.title = title;
  if (action) element.dataset.action = action;
  if (key) element.setAttribute("aria-keyshortcuts", key);
  if (text !== undefined) element.textContent = text;
  element.append(...children);
  return element;
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
  const reasons = past.reasons.length ? ` (${past.reasons.join(", ").replaceAll("_", " ")})` : "";
  const label = `${past.entity}: ${past.verdict}${reasons}. Judge it again`;
  const [button] = row.children;
  const [face, mark] = button.children;
  button.title = label;
  button.setAttribute("aria-label", label);
  row.dataset.verdict = past.verdict;
  setText(mark, ICON_OF_VERDICT[past.verdict]);
  if (thumbnail && face !== thumbnail) face.replaceWith(thumbnail);
  if (!thumbnail && face.matches(".name")) setText(face, past.entity);
}

function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function duration(seconds) {
  if (seconds < 90) return `${Math.max(1, Math.round(seconds / 10) * 10)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? `${minutes} min` : `${(minutes / 60).toFixed(1)} h`;
}

function median(values) {
  if (!values.length) return null;
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)];
}

function sentence(clause) {
  return `${clause.charAt(0).toUpperCase()}${clause.slice(1)}.`;
}
