// How the reviewer likes the overlay, from one visit to the next.

function remembered(name, allowed, otherwise) {
  try {
    const value = localStorage.getItem(`mask-audit/${name}`);
    return value !== null && (allowed === null || allowed.includes(value)) ? value : otherwise;
  } catch {
    return otherwise;
  }
}

function remember(name, value) {
  try {
    localStorage.setItem(`mask-audit/${name}`, value);
  } catch {
    return;
  }
}
