// Works out where the reviewer stands: the last answer of Python, with the unconfirmed events on top of it.
// A pure function of both, so that a repeated, late or lost message cannot leave a wrong state behind.

function reckon(answer, events) {
  const verdicts = new Map(answer.recent.map((past) => [past.mask_id, past]));
  const judgedBefore = new Set(verdicts.keys());
  const touched = new Map();
  for (const event of events) {
    const past = verdicts.get(event.mask_id);
    verdicts.delete(event.mask_id); // a new verdict is the latest, wherever the old one stood
    if (event.kind === "reading") verdicts.set(event.mask_id, { ...past, ...event });
    touched.set(event.mask_id, event.kind);
  }
  let nSettled = answer.n_settled;
  for (const [maskId, kind] of touched) {
    if (kind === "reading" && !judgedBefore.has(maskId)) nSettled += 1;
    if (kind === "withdrawal" && judgedBefore.has(maskId)) nSettled -= 1;
  }
  const withdrawn = [...touched].filter(([, kind]) => kind === "withdrawal").map(([maskId]) => maskId);
  const coming = answer.coming.filter((maskId) => !touched.has(maskId));
  return { history: [...verdicts.values()], queue: [...withdrawn.reverse(), ...coming], nSettled };
}
