// Turns a key press into the name of an action, and an action into the label of its key. Which key does what
// comes from Python; Enter and Escape alone are fixed.

const FIXED_KEYS = { enter: "go", escape: "escape" };
const SIGN_AT = {
  Minus: "-", Equal: "=", BracketLeft: "[", BracketRight: "]", Semicolon: ";", Comma: ",", Period: ".",
};
const LABEL_OF_KEY = {
  backspace: "⌫", arrowleft: "←", arrowright: "→", arrowup: "↑", arrowdown: "↓", pageup: "PgUp", pagedown: "PgDn",
};
const ARIA_NAME = {
  arrowleft: "ArrowLeft", arrowright: "ArrowRight", arrowup: "ArrowUp", arrowdown: "ArrowDown", "+": "Plus",
  pageup: "PageUp", pagedown: "PageDown",
};

class Keys {
  // `keys`: action → its keys; `meanings`: action → what it does.
  constructor({ keys, meanings }) {
    this.keys = keys;
    this.meanings = meanings;
    this.actions = new Map(Object.entries(keys).flatMap(([action, names]) => names.map((key) => [key, action])));
  }

  // The action of a key press, or null where the press is not for the desk.
  actionOf(event) {
    if (event.metaKey || event.isComposing) return null;
    if ((event.ctrlKey || event.altKey) && !isByAltGraph(event)) return null;
    const target = event.composedPath()[0];
    if (isTextField(target)) return null;
    // A button that was reached by keyboard keeps the keys that press it.
    const isPressing = [" ", "Enter"].includes(event.key);
    if (isPressing && target.matches?.("button:focus-visible, a:focus-visible")) return null;
    const found = namesOf(event).find((name) => this.actions.has(name));
    return this.actions.get(found) ?? FIXED_KEYS[typedBy(event)] ?? null;
  }

  // Whether Shift is held beside a key, rather than to type a sign that is bound.
  isShifted(event) {
    const typed = typedBy(event);
    return event.shiftKey && !(/^[^a-z0-9]$/.test(typed) && this.actions.has(typed));
  }

  // Writes the keys onto all buttons below an element.
  label(root) {
    for (const button of root.querySelectorAll("[data-action]")) {
      const keys = this.#keysOf(button.dataset.action);
      if (keys.length) button.setAttribute("aria-keyshortcuts", keys.map(ariaName).join(" "));
    }
    for (const cap of root.querySelectorAll("[data-key-of]")) {
      const [key] = this.#keysOf(cap.dataset.keyOf);
      setText(cap, key ? keyLabel(key) : "");
      cap.hidden = !key;
    }
  }

  // What the help lists: a line for each meaning, with the keys of its action, or the first key of each.
  help() {
    const lines = new Map();
    for (const [action, names] of Object.entries(this.keys)) {
      const meaning = this.meanings[action];
      lines.set(meaning, [...(lines.get(meaning) ?? []), names]);
    }
    return [...lines].map(([meaning, all]) => {
      const shown = all.length === 1 ? all[0] : all.map(([first]) => first);
      return { meaning, caps: shown.map(keyLabel) };
    });
  }

  #keysOf(action) {
    return this.keys[action] ?? [];
  }
}

function typedBy({ key }) {
  return key === " " ? "space" : key.toLowerCase();
}

// The names by which a key may be bound: what it types, as it is printed on it. Where that is nothing, its place:
// so digits need no Shift anywhere and mean the same with it, and keyboards of other scripts have the letters.
function namesOf(event) {
  const typed = typedBy(event);
  if (isByAltGraph(event) || /^[a-z0-9]$/.test(typed)) return [typed];
  const place = /^(?:Key|Digit)(\w)$/.exec(event.code)?.[1].toLowerCase() ?? SIGN_AT[event.code];
  return place ? [typed, place] : [typed];
}

// Windows says Ctrl and Alt too while AltGr is held.
function isByAltGraph(event) {
  return event.getModifierState("AltGraph");
}

function keyLabel(key) {
  return LABEL_OF_KEY[key] ?? key.charAt(0).toUpperCase() + key.slice(1);
}

function ariaName(key) {
  return ARIA_NAME[key] ?? key.charAt(0).toUpperCase() + key.slice(1);
}

// A browser presses a focused button again and again while its key is held down.
function isRepeatedPress(event) {
  return event.repeat && [" ", "Enter"].includes(event.key) && !isTextField(event.composedPath()[0]);
}

function isTextField(target) {
  if (!target?.tagName) return false;
  if (target.isContentEditable || /^(TEXTAREA|SELECT)$/.test(target.tagName)) return true;
  return target.tagName === "INPUT" && !/^(button|checkbox|radio|submit|reset)$/.test(target.type);
}
