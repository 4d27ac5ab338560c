// Writes what the desk knows into the page.

const WORDS_OF_KIND = {
  review: ["Is the highlighted region", "and is its outline good?"],
  settle: ["Is the highlighted region", "and is its outline good?"],
  compare: ["Which outline of", "is better?"],
};

const LONG_NAME = 40; // characters: in smaller type, longer names are read without scrolling

class View {
  // `act(action, taskId)` is told what was clicked.
  constructor(root, act) {
    this.root = root;
    for (const element of root.querySelectorAll("[data-ref]")) this[element.dataset.ref] = element;
    this.act = act;
    this.choices = new Choices(this.verdicts);
    this.lastVerdicts = new Strip(this.strip);
    // Streamlit's frame scrolls nothing here: Tab would only stop at something invisible.
    document.querySelector('[data-testid="stMain"]')?.setAttribute("tabindex", "-1");
    this.desk.addEventListener("click", (event) => this.#clicked(event));
    for (const button of root.querySelectorAll("[data-hold]")) {
      const { hold } = button.dataset;
      holdable(button, () => this.act(hold), () => this.act(`un${hold}`));
    }
  }

  showOpening(opening, keys, reviewer) {
    const { kind, choices, links, guideline } = opening;
    this.desk.dataset.kind = kind;
    this.choices.show(choices);
    const [before, after] = WORDS_OF_KIND[kind];
    setText(this.leadIn, before);
    setText(this.leadOut, after);
    setText(this.who, reviewer);
    this.who.title = `Reviewer: ${reviewer}`;
    this.links.replaceChildren(...links.map(({ label, href }) => {
      const link = made("a", { className: "plain", text: label });
      link.href = href;
      return link;
    }));
    this.flickerButton.hidden = kind !== "compare";
    this.guidelineButton.hidden = !guideline;
    this.guidelineText.innerHTML = guideline?.html ?? ""; // made safe in Python
    keys.label(this.desk);
    this.keyList.replaceChildren(...keys.help().flatMap(({ caps, meaning }) => [
      made("dt", {}, ...caps.map((text) => made("kbd", { text }))), made("dd", { text: meaning }),
    ]));
    this.choiceList.replaceChildren(...choices.flatMap((choice) => [choice, ...choice.reasons]).flatMap(
      ({ label, meaning }) => [made("dt", { text: label }), made("dd", { text: meaning })],
    ));
  }

  showProgress({ nSettled, nTasks, nUnjudgable, pace }) {
    const nLeft = nTasks - nSettled;
    const share = nTasks ? nSettled / nTasks : 1;
    setText(this.count, `${nSettled.toLocaleString("en")} / ${nTasks.toLocaleString("en")}`);
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

  showItem(item) {
    setSeen(this.asked, Boolean(item));
    this.asked.scrollTop = 0;
    setText(this.entity, item?.entity ?? "");
    this.entity.dataset.isLong = this.entity.textContent.length > LONG_NAME;
    setText(this.question, item?.question ?? "");
    this.question.hidden = !item?.question;
    this.canvas.setAttribute("aria-label", item ? `The image with the region to judge: ${item.entity}` : "");
    this.partButton.hidden = !item?.parts;
    this.#showReadings(item?.readings ?? []);
    setText(this.why, item?.why ?? "");
  }

  showCard(card) {
    this.card.hidden = !card;
    this.canvas.hidden = Boolean(card);
    for (const each of [this.inset, this.views]) setSeen(each, !card);
    this.verdicts.setAttribute("aria-disabled", Boolean(card));
    if (!card) return;
    setText(this.cardGlyph, card.glyph);
    setText(this.cardTitle, card.title);
    setText(this.cardText, card.text);
    this.cardButton.hidden = !card.canStep;
  }

  // Where the reviewer looks, while it is not the mask that is due; "" where it is.
  showAway(words) {
    this.away.hidden = !words;
    setText(this.awayText, words);
  }

  // The answer to a practice item, and what the reviewer said; null to take it away.
  showTold(told) {
    if (this.told.hidden === !told) return;
    this.told.hidden = !told;
    if (!told) {
      this.opener?.focus({ preventScroll: true });
      return;
    }
    this.opener = this.root.getRootNode().activeElement;
    const { verdict, told: why } = told.item.practice;
    const isRight = verdict === told.verdict;
    this.told.dataset.verdict = verdict;
    setText(this.toldMark, ICON_OF_CHOICE[verdict]);
    setText(this.toldTitle, isRight ? `Right: it is ${verdict}` : `Not quite: it is ${verdict}`);
    setText(this.toldText, why);
    this.toldButton.focus({ preventScroll: true });
  }

  showPractising(label) {
    this.practising.hidden = !label;
    setText(this.practising, label);
  }

  showOverlay(mode, opacity, isHidden) {
    for (const button of this.modes.children) {
      button.setAttribute("aria-pressed", button.dataset.mode === mode);
    }
    this.opacityFill.style.width = `${100 * opacity}%`;
    this.ghost.hidden = !isHidden;
    this.offSign.hidden = isHidden || mode !== "off";
  }

  tell(text, kind = "note") {
    clearTimeout(this.telling);
    this.banner.dataset.kind = kind;
    setText(this.banner.firstElementChild, text);
    setText(this.spoken, text);
    this.banner.hidden = !text;
    this.telling = setTimeout(() => { this.banner.hidden = true; }, kind === "refused" ? 9000 : 2500);
  }

  #showReadings(readings) {
    this.readings.hidden = !readings.length;
    this.readingList.replaceChildren(...readings.map((reading) => {
      const words = made("span", { text: sentence(chosenWords(reading)) });
      const mark = made("i", { className: "verdict-mark", text: ICON_OF_CHOICE[reading.verdict] });
      const row = made("li", {}, mark, words);
      row.dataset.verdict = reading.verdict;
      if (reading.flagged) row.append(made("span", { className: "flagged", text: "⚑", title: "Flagged" }));
      if (reading.comment) {
        const comment = made("q", { text: reading.comment, title: reading.comment });
        comment.dir = "auto";
        row.append(comment);
      }
      return row;
    }));
  }

  #clicked(event) {
    const button = event.target.closest("button");
    if (!button || button.type === "submit" && button.form) return;
    if (event.detail > 0) button.blur(); // a mouse click leaves the keys to the desk
    if (event.detail > 1 && button.closest(".verdicts")) return; // the second click of a double click
    if (button.dataset.mode) this.act("mode-" + button.dataset.mode);
    else if (button.dataset.action) this.act(button.dataset.action, button.dataset.reopens);
  }
}
