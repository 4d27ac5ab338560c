"""Numbers that describe masks: their shape, what the detector said, how far settings agree.

Everything is computed for many masks at once from their run lengths; no mask is decoded into pixels.
"""
