// Works out where the reviewer stands: the last answer of Python, with the unconfirmed events on top of it.
// A pure function of both, so that a repeated, late or lost message cannot leave a wrong state behind.

function reckon(answer, events) {
  const verdicts = new Map(answer.recent.map((past) => [past.task_id, past]));
  const judgedBefore = new Set(verdicts.keys());
  const touched = new Map();
  for (const event of events) {
    const past = verdicts.get(event.task_id);
    verdicts.delete(event.task_id); // a new verdict is the latest, wherever the old one stood
    if (event.kind !== "withdrawal") verdicts.set(event.task_id, { ...past, ...event });
    touched.set(event.task_id, event.kind);
  }
  let nNew = 0;
  for (const [taskId, kind] of touched) {
    if (kind !== "withdrawal" && !judgedBefore.has(taskId)) nNew += 1;
    if (kind === "withdrawal" && judgedBefore.has(taskId)) nNew -= 1;
  }
  const withdrawn = [...touched].filter(([, kind]) => kind === "withdrawal").map(([taskId]) => taskId);
  const coming = answer.coming.filter((taskId) => !touched.has(taskId));
  return {
    history: [...verdicts.values()],
    queue: [...withdrawn.reverse(), ...coming],
    nSettled: answer.n_settled + nNew,
    nVerdicts: answer.n_verdicts + nNew, // `history` may hold only the last of them
  };
}
