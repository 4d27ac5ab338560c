// Turns a key press into the name of an action, or null where the press is not for the desk.

const ACTION_OF_KEY = {
  a: "correct", x: "incorrect", " ": "unsure",
  backspace: "undo", u: "undo", z: "hide", m: "mode", "[": "fainter", "]": "stronger",
  "?": "help", escape: "escape", enter: "step", arrowright: "step",
};

const KEY_HELP = [
  ["A", "Correct"],
  ["X", "Incorrect"],
  ["Space", "Unsure"],
  ["1 – 7", "Incorrect, with that reason"],
  ["8  9", "Unsure, with that reason"],
  ["Bksp  U", "Undo, as often as you like"],
  ["Z", "Hold to hide the overlay"],
  ["M", "Contour · fill · spotlight · off"],
  ["[  ]", "Fainter · stronger overlay"],
  ["Esc", "Back from a reopened mask"],
  ["↵", "Step over what cannot be shown"],
  ["?", "This page"],
];

function actionOf(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return null;
  const target = event.composedPath()[0];
  if (isTextField(target)) return null;
  const key = letterOf(event);
  // A button that was reached by keyboard keeps the keys that press it.
  const isPressingKey = key === " " || key === "enter";
  if (isPressingKey && target.matches?.("button:focus-visible, a:focus-visible")) return null;
  if (/^[1-9]$/.test(key)) return `reason-${key}`;
  return ACTION_OF_KEY[key] ?? null;
}

// A browser presses a focused button again and again while its key is held down.
function isRepeatedPress(event) {
  return event.repeat && [" ", "Enter"].includes(event.key) && !isTextField(event.composedPath()[0]);
}

// On keyboards of other scripts the letter is taken from the place of the key.
function letterOf(event) {
  const place = /^(?:Key|Digit|Numpad)(\w)$/.exec(event.code ?? "");
  const isDigitKey = place && /\d/.test(place[1]) && !event.shiftKey;
  const isForeign = event.key.length === 1 && event.key.charCodeAt(0) > 127;
  return (place && (isDigitKey || isForeign) ? place[1] : event.key).toLowerCase();
}

function isTextField(target) {
  if (!target?.tagName) return false;
  if (target.isContentEditable || /^(TEXTAREA|SELECT)$/.test(target.tagName)) return true;
  return target.tagName === "INPUT" && !/^(button|checkbox|radio|submit|reset)$/.test(target.type);
}
