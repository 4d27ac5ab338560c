"""The subject: masks, their review, and the jobs that join the folders.

`jobs` holds one file per job and is the only caller of `db` and `reports`; `review` knows how a mask is
shown and judged; `coco` reads and writes annotation files. What belongs to survey statistics is in
`sampling`, what stores is in `db`, what renders is in `reports`.
"""
