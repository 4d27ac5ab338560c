// What is sent when a mask is judged, or a pair of masks compared.

function eventOf({ kind, item, choice, reasons, draft, stage }) {
  const said = kind === "compare"
    ? { kind: "preference", preference: choice }
    : { kind: "reading", verdict: choice, reasons, overlay_mode: stage.drawnMode };
  const { comment, flagged } = draft;
  // Python leaves the entity out: it is for the strip.
  return { task_id: item.task_id, entity: item.entity, ...said, comment, flagged, ...timesOf(stage.shownAt) };
}

// Durations by a clock that never jumps, times by the one on the wall.
function timesOf(shownAt) {
  const now = Date.now();
  const seconds = (performance.now() - shownAt) / 1000;
  return {
    seconds: Number(seconds.toFixed(3)),
    shown_at: new Date(now - 1000 * seconds).toISOString(),
    decided_at: new Date(now).toISOString(),
  };
}
