"""Annotations from which nothing can be taken, as people are told."""

from db.records import HeldAnnotation


def refusal_line(annotation: HeldAnnotation) -> str:
    """Give why an annotation was refused, with where it is to be found."""
    by = f" by {annotation.annotator}" if annotation.annotator else ""
    return (
        f"task {annotation.task_number}, annotation {annotation.annotation_number}{by}: {annotation.refusal}"
    )
