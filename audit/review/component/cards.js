// What stands on the stage where there is nothing to judge.

const TOO_SMALL_CARD = { glyph: "↔", title: "Make the window larger", text: "" };
const EMPTY_CARD = { glyph: "○", title: "Nothing to judge", text: "This sample holds no mask that needs eyes." };

function fetchingCard(what, isOffline) {
  const text = isOffline ? "Waiting for the server; your verdicts are kept here." : "";
  return { glyph: "…", title: `Fetching ${what}`, text };
}

function unjudgableCard(reason) {
  const text = `${sentence(reason)}\nThis is noted in the report; it needs no verdict.`;
  return { glyph: "⊘", title: "Unjudgable", text, canStep: true };
}

function othersCard(n) {
  const masks = n === 1 ? "One mask is" : `${n.toLocaleString("en")} masks are`;
  const text = `${masks} in front of other people.\nWhat they leave comes here by itself.`;
  return { glyph: "…", title: "Others have the rest", text };
}

function doneCard({ n_tasks: nTasks, n_unjudgable: nUnjudgable }) {
  const lines = [`All ${nTasks.toLocaleString("en")} masks are settled.`];
  if (nUnjudgable) lines.push(`${nUnjudgable} could not be shown and count as unjudgable.`);
  lines.push("Undo and the strip below still work.");
  return { glyph: "✓", title: "All done, thank you", text: lines.join("\n") };
}
