"""How a mask is shown and judged: order, pictures, and the messages between the page and Python.

`queue` decides what is next and `readings_owed` how often a mask is read. `images` and `roots` read
photographs, `overlay` turns masks into what a browser can draw. `incoming` and `events` check what the
browser sends, `opening` and `outgoing` say what it gets, and `packing` packs it. `choices` holds the words
for verdicts and reasons, and `component` is what runs in the browser. `adjudication` turns the readings of a
mask into one verdict.
Nothing here opens the store: `audit.jobs.review` does.
"""
