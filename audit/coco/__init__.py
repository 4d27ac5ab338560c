"""Reading COCO-like annotation files of any size: what is in them, and a true account of what is wrong.

What belongs here: opening a file, finding its elements, turning each annotation into one row of
`schema.ANNOTATIONS`, naming every problem, and the arithmetic of run-length masks. What does not: stores,
joins between files, settings of an audit, images.
"""
