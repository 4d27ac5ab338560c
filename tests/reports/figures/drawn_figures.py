"""Figures that tests draw: one of each kind, with what is hard in each, and any at all for hypothesis."""

from hypothesis import strategies as st

from reports.figures.figure import (
    BarFigure,
    HistogramFigure,
    IntervalFigure,
    IntervalRow,
    Measure,
    Scale,
    Series,
)

LONG = "a name so long that no column of a figure can hold all of it, in however many lines it is broken"

BARS = BarFigure(
    key="figure-4",
    title="Entity categories of the sample",
    caption="Share of entities; n = 1,994.",
    labels=("person", "<b>bold</b> & co", "שלום", LONG, "none"),
    series=(
        Series(name="sample", values=(0.31, 0.25, 0.0004, 0, None)),
        Series(name="population", values=(0.29, 0.24, 0.01, 0.02, 0)),
    ),
    measure=Measure.SHARE,
)
DECADES = BarFigure(
    key="figure-5",
    title="Entity categories",
    caption="Entities, on a logarithmic axis.",
    labels=("person", "rare", "absent"),
    series=(
        Series(name="this dataset", values=(5245421, 1, 0)),
        Series(name="another", values=(20331, 0, None)),
    ),
    measure=Measure.COUNT,
    scale=Scale.LOG,
)
HISTOGRAM = HistogramFigure(
    key="area",
    title="Share of the image that a mask covers",
    caption="n = 1,000 masks.",
    axis="share of the image",
    edges=(0.0001, 0.001, 0.01, 0.1, 1),
    series=(Series(name="masks", values=(100, 450, 0, None)),),
    measure=Measure.COUNT,
)
INTERVALS = IntervalFigure(
    key="intervals",
    title="Accuracy with its interval",
    caption="95 % Wilson intervals.",
    rows=(
        IntervalRow(label="box", group="SAM", limits=(0.937, 0.948, 0.957)),
        IntervalRow(label="point", group="SAM 2", limits=(0.84, 0.87, 0.89), remark="incomplete"),
        IntervalRow(label="text", group="SAM 2", limits=None, remark="no verdicts yet"),
        IntervalRow(label="all", group=None, limits=(0.9, 0.92, 0.94)),
    ),
)
EVERY_KIND = (BARS, DECADES, HISTOGRAM, INTERVALS)

# Surrogates too: a name may come from a file that was read with errors passed on.
names = st.text(st.characters(), max_size=60)
shares = st.none() | st.floats(0, 1)
counts = st.none() | st.integers(0, 10**9)


@st.composite
def bar_figures(draw):
    measure = draw(st.sampled_from(Measure))
    labels = draw(st.lists(names, min_size=1, max_size=12))
    values = st.lists(
        shares if measure is Measure.SHARE else counts, min_size=len(labels), max_size=len(labels)
    )
    n_series = draw(st.integers(1, 8))
    return BarFigure(
        key="any",
        title=draw(names),
        caption=draw(names),
        labels=tuple(labels),
        series=tuple(Series(name=draw(names), values=tuple(draw(values))) for _ in range(n_series)),
        measure=measure,
        scale=draw(st.sampled_from(Scale)),
    )


@st.composite
def histograms(draw):
    edges = draw(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=30, unique=True))
    n_bins = len(edges) - 1
    values = st.lists(counts, min_size=n_bins, max_size=n_bins)
    return HistogramFigure(
        key="any",
        title=draw(names),
        caption=draw(names),
        axis=draw(names),
        edges=tuple(sorted(edges)),
        series=tuple(
            Series(name=draw(names), values=tuple(draw(values))) for _ in range(draw(st.integers(1, 3)))
        ),
        measure=Measure.COUNT,
        scale=draw(st.sampled_from(Scale)),
    )


@st.composite
def interval_figures(draw):
    limits = st.none() | st.tuples(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1)).map(
        lambda three: tuple(sorted(three))
    )
    row = st.builds(IntervalRow, label=names, group=st.none() | names, limits=limits, remark=names)
    return IntervalFigure(
        key="any",
        title=draw(names),
        caption=draw(names),
        rows=tuple(draw(st.lists(row, min_size=1, max_size=8))),
    )


any_figures = st.one_of(bar_figures(), histograms(), interval_figures())
