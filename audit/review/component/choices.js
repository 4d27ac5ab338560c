// The verdicts to choose from, as buttons with their reasons. What there is to choose is defined in Python, for
// every front end alike.

const ICON_OF_CHOICE = { correct: "✓", incorrect: "✕", unsure: "?", left: "◧", same: "=", right: "◨" };

class Choices {
  constructor(element) {
    this.element = element;
    this.reasons = new Map(); // reason → its verdict
  }

  show(choices) {
    this.names = choices.map((each) => each.choice);
    this.reasons = new Map(choices.flatMap(({ choice, reasons }) => reasons.map((each) => [each.reason, choice])));
    this.element.replaceChildren(...choices.map((choice) => this.#group(choice)));
    this.isSeveral = false;
  }

  // Shows what is chosen: the verdict that stands, and the reasons that are marked.
  press(verdict, reasons) {
    for (const button of this.element.querySelectorAll("[data-action]")) {
      const { action } = button.dataset;
      if (action === "several") continue;
      button.setAttribute("aria-pressed", action === verdict || reasons.has(action));
    }
  }

  // While it is on, a click on a reason marks it, and the verdict's button sends all that are marked.
  turnSeveral(isSeveral = !this.isSeveral) {
    this.isSeveral = isSeveral;
    this.element.querySelector('[data-action="several"]')?.setAttribute("aria-pressed", isSeveral);
  }

  #group({ choice, label, meaning, reasons }) {
    const decide = made(
      "button", { className: "decide", title: meaning, action: choice },
      made("i", { text: ICON_OF_CHOICE[choice] }), made("span", { text: label }), made("kbd", { keyOf: choice }),
    );
    decide.firstElementChild.setAttribute("aria-hidden", "true");
    const chips = reasons.map((each) => made(
      "button", { className: "reason", title: each.meaning, action: each.reason },
      made("kbd", { keyOf: each.reason }), made("span", { text: each.label }),
    ));
    if (choice === "incorrect") chips.push(severalChip());
    const group = made("div", { className: "verdict" }, decide);
    if (chips.length) group.append(made("div", { className: "reasons" }, ...chips));
    group.dataset.verdict = choice;
    return group;
  }
}

function severalChip() {
  const chip = made(
    "button",
    { className: "reason several", title: "Mark several reasons, then press the verdict (Shift and the keys do too)",
      action: "several" },
    made("kbd", { text: "⇧" }), made("span", { text: "Several…" }),
  );
  chip.setAttribute("aria-pressed", "false");
  return chip;
}
