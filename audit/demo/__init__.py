"""The demo: real photographs, boxes drawn by hand, and two real annotators that turn boxes into masks.

`photographs` finds the pictures that come with scikit-image and scikit-learn, `mentions` holds what was
seen in them, `annotators` makes the masks, and `dataset` writes all of it down as annotation files. Nothing
here samples, stores or reports: the demo's files go through the same commands as everybody's.
"""
