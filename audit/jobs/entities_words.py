"""What became of entities, in words and as plain values for scripts."""

from collections.abc import Iterator
from typing import Any

from audit.jobs.entities import EntitiesResult
from audit.jobs.wikidata_entities import GroupingAccount, Some, WikidataResult
from db.entities import EntityCounts


def import_lines(result: EntitiesResult) -> list[str]:
    """Give what a file of entities did, for people."""
    ignored = [f"columns ignored: {', '.join(result.ignored_columns)}"] if result.ignored_columns else []
    return [
        f"{result.n_rows:,} entities read: {_put_text(result.counts)}",
        *ignored,
        _lacking_text(result.counts),
    ]


def import_json(result: EntitiesResult) -> dict[str, Any]:
    """Give what a file of entities did, for scripts."""
    return {
        "n_rows": result.n_rows,
        **_counts_json(result.counts),
        "ignored_columns": list(result.ignored_columns),
    }


def walk_lines(result: WikidataResult) -> list[str]:
    """Give what a walk through Wikidata did, for people."""
    return [
        f"{result.n_found:,} of the population's entities are in the file: {_put_text(result.counts)}",
        *_account_lines(result),
        _lacking_text(result.counts),
    ]


def walk_json(result: WikidataResult) -> dict[str, Any]:
    """Give what a walk through Wikidata did, for scripts."""
    return {"n_rows": result.n_found, **_counts_json(result.counts), "wikidata": _account_json(result)}


def _put_text(counts: EntityCounts) -> str:
    unknown = f"; no annotation has {counts.n_unknown:,} of them" if counts.n_unknown else ""
    return f"{counts.n_new:,} are new, {counts.n_replaced:,} replaced{unknown}"


def _lacking_text(counts: EntityCounts) -> str:
    return (
        f"of the population's {counts.n_entities:,} entities {counts.n_without_type:,} have no type and "
        f"{counts.n_without_category:,} no category"
    )


def _account_lines(result: WikidataResult) -> Iterator[str]:
    for what, some in (
        ("not there", result.not_found),
        ("without an id of Wikidata", result.without_id),
        ("there, but neither instance nor subclass of anything", result.without_classes),
    ):
        if some.n:
            yield f"{what}: {_some_text(some)}"
    for grouping, account in result.groupings.items():
        yield from _grouping_lines(grouping, account)
    for remark, n in (
        ("subclass of something, but instance of nothing", result.n_only_subclass),
        ("merged into another item", result.n_redirected),
        ("statements on them that are marked as wrong, left out", result.n_deprecated),
        ("classes that are under themselves", result.n_on_cycles),
    ):
        if n:
            yield f"{remark}: {n:,}"


def _grouping_lines(grouping: str, account: GroupingAccount) -> Iterator[str]:
    yield f"{grouping}: {', '.join(f'{name} {n:,}' for name, n in account.n_of_kind.items()) or 'none'}"
    if account.unreached.n:
        yield f"  under no root: {_some_text(account.unreached)}"
    if account.n_tied:
        yield f"  as near to roots of several, so that the order of the table decided: {account.n_tied:,}"


def _some_text(some: Some) -> str:
    more = ", …" if some.n > len(some.examples) else ""
    return f"{some.n:,} ({', '.join(some.examples)}{more})"


def _counts_json(counts: EntityCounts) -> dict[str, int]:
    return {
        "n_new": counts.n_new,
        "n_replaced": counts.n_replaced,
        "n_unknown": counts.n_unknown,
        "n_entities": counts.n_entities,
        "n_without_type": counts.n_without_type,
        "n_without_category": counts.n_without_category,
    }


def _account_json(result: WikidataResult) -> dict[str, Any]:
    return {
        "not_found": _some_json(result.not_found),
        "without_id": _some_json(result.without_id),
        "without_classes": _some_json(result.without_classes),
        "n_only_subclass": result.n_only_subclass,
        "n_redirected": result.n_redirected,
        "n_deprecated": result.n_deprecated,
        "n_on_cycles": result.n_on_cycles,
        **{
            str(grouping): {
                "n_of_kind": dict(account.n_of_kind),
                "under_no_root": _some_json(account.unreached),
                "n_tied": account.n_tied,
            }
            for grouping, account in result.groupings.items()
        },
    }


def _some_json(some: Some) -> dict[str, Any]:
    return {"n": some.n, "example_ids": list(some.examples)}
