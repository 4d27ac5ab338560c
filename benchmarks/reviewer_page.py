"""How long from a key press to the next mask on the screen, to another overlay, to another zoom.

    python -m benchmarks.reviewer_page
    python -m benchmarks.reviewer_page --latency 0 20 --size 1024x768 4000x3000 --verdicts 200 --items 2000

Walks by key through the reviewer's page and, in the same run, through its peer: the same masks behind
`st.button(shortcut=…)` in a fragment. Prints Markdown: median and 95th percentile of both, the ratio of their
medians, and what the browser holds after many items.
"""

import argparse
import tempfile
from itertools import product
from pathlib import Path

import numpy as np
from PIL import Image
from skimage import data

from benchmarks.page_walk import Footprint, Walk, Walker
from tests.browser.review_workspace import Mention, add_review_sample, create_workspace, ellipse

N_PHOTOS = 24
"""Different photos, each with a mask of its own; what goes beyond repeats them."""


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--size", nargs="+", default=["1024x768", "4000x3000"], metavar="WIDTHxHEIGHT")
    parser.add_argument("--latency", nargs="+", type=int, default=[0, 20], metavar="MS", help="each way")
    parser.add_argument("--verdicts", type=int, default=200, help="0 leaves the times out")
    parser.add_argument("--peer-verdicts", type=int, default=60)
    parser.add_argument("--items", type=int, default=2000, help="before memory is read; 0 leaves it out")
    parser.add_argument("--pause", type=int, default=400, help="ms before a key (a person takes 1,500)")
    options = parser.parse_args()
    sizes = [tuple(map(int, size.split("x"))) for size in options.size]
    if options.verdicts:
        print(f"{options.verdicts} verdicts, a key {options.pause} ms after each picture; p50 / p95 in ms\n")
        print("| photos | latency each way | page | next mask | overlay | zoom step |")
        print("|---|---|---|---|---|---|", flush=True)
        for (width, height), latency in product(sizes, options.latency):
            _compare(width, height, latency, options)
    if options.items:
        print("\n| photos | items | JS heap, MB | renderer, MB |\n|---|---|---|---|", flush=True)
        for width, height in sizes:
            _weigh(width, height, options.items)


def _compare(width: int, height: int, latency: int, options: argparse.Namespace) -> None:
    with tempfile.TemporaryDirectory() as folder:
        _build(Path(folder), options.verdicts + 20, width, height)
        walker = Walker(workspace=Path(folder), pause=options.pause, latency=latency)
        peer = walker.walk_peer(options.peer_verdicts)
        ours = walker.walk_ours(options.verdicts)
    place = f"| {width}×{height} | {latency} ms |"
    print(f"{place} component | {_row(ours)} |")
    print(f"{place} `st.button` in a fragment | {_row(peer)} |")
    to_next, to_toggle = _ratio(peer.to_next, ours.to_next), _ratio(peer.to_toggle, ours.to_toggle)
    print(f"{place} ratio of medians | {to_next} | {to_toggle} | |", flush=True)


def _weigh(width: int, height: int, n_items: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        _build(Path(folder), n_items + 20, width, height)
        for footprint in Walker(workspace=Path(folder), pause=0, latency=0).weigh(n_items):
            print(f"| {width}×{height} | {_weight(footprint)} |", flush=True)


def _build(workspace: Path, n_masks: int, width: int, height: int) -> None:
    images = workspace / "images"
    images.mkdir(parents=True)
    photographs = [data.chelsea(), data.astronaut(), data.coffee(), data.rocket()]
    for index in range(N_PHOTOS):
        photo = Image.fromarray(np.roll(photographs[index % 4], index * 7, axis=1)).resize((width, height))
        photo.save(images / f"{index}.jpg", quality=90)
    random = np.random.default_rng(1)
    spots = [random.uniform(0.3, 0.7, 2) * (height, width) for _ in range(N_PHOTOS)]
    masks = [ellipse((height, width), int(y), int(x), height // 3, width // 4) for y, x in spots]
    mentions = [
        Mention(
            entity=f"Thing {index}",
            question="what is this?",
            file_name=f"{index % N_PHOTOS}.jpg",
            masks=[masks[index % N_PHOTOS]],
        )
        for index in range(n_masks)
    ]
    store = create_workspace(workspace)
    add_review_sample(store, images, mentions, "walk")
    store.close()


def _row(walk: Walk) -> str:
    return " | ".join(_times(each) for each in (walk.to_next, walk.to_toggle, walk.to_zoom))


def _times(times: list[float]) -> str:
    return f"{np.median(times):.0f} / {np.percentile(times, 95):.0f}" if times else "–"


def _ratio(slower: list[float], faster: list[float]) -> str:
    return f"{np.median(slower) / np.median(faster):.1f} ×"


def _weight(footprint: Footprint) -> str:
    return f"{footprint.n_items:,} | {footprint.heap:.0f} | {footprint.renderer:.0f}"


if __name__ == "__main__":
    main()
