"""Where the parts of a document lie beside it, as paths relative to it."""


def figure_svg(key: str) -> str:
    """A figure as a drawing."""
    return f"figures/{key}.svg"


def figure_png(key: str) -> str:
    """A figure as pixels, where something could draw them."""
    return f"figures/{key}.png"


def figure_json(key: str) -> str:
    """A figure with its data, as plotly reads it."""
    return f"figures/{key}.json"


def gallery_picture(name: str) -> str:
    """A picture of a gallery."""
    return f"gallery/{name}.jpg"


def section_table(key: str) -> str:
    """The table of a section."""
    return f"tables/{key}.csv"
