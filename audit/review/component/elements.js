// Small pieces of the page. Text of the dataset only ever enters as textContent.

function made(tag, { className, text, title, action, keyOf } = {}, ...children) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (title) element.title = title;
  if (action) element.dataset.action = action;
  if (keyOf) element.dataset.keyOf = keyOf;
  if (text !== undefined) element.textContent = text;
  element.append(...children);
  return element;
}

function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

// Takes an element out of sight but keeps its place: a change of size would have every picture drawn anew.
function setSeen(element, isSeen) {
  element.style.visibility = isSeen ? "" : "hidden";
}

function sentence(clause) {
  return `${clause.charAt(0).toUpperCase()}${clause.slice(1)}.`;
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
