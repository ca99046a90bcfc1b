"""A query as a condition in SQL, for every engine that has SQL."""

from __future__ import annotations

from collections.abc import Callable

from workshop_lib.store.port import Query


def as_condition(
    query: Query | None, mark: str, has_tags: str, storable: Callable[[str], bool] = lambda text: True
) -> tuple[str, list[object]]:
    """Return a condition to be set behind others, and the values that it binds.

    `mark` stands for a value, `has_tags` is true of a row with all tags of a bound list; a text that is not
    storable is in no row.
    """
    values: list[object] = []
    if query is None:
        return "", values
    alternatives = []
    for each in query.each():
        types, parts = [name for name in each.types if storable(name)], []
        if each.types:
            parts.append(f"type IN ({', '.join(mark for _ in types)})" if types else "false")
            values += types
        if each.tags:
            tags_can_be_there = all(map(storable, each.tags))
            parts.append(has_tags if tags_can_be_there else "false")
            values += [list(each.tags)] if tags_can_be_there else []
        alternatives.append(" AND ".join(parts) or "true")
    return f" AND (({') OR ('.join(alternatives)}))", values
