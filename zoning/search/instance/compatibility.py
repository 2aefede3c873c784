"""Who may, and who must, share a zone."""

from __future__ import annotations

from zoning.search.kernels.compiled import compiled, inner


@inner
def clash(who, i, j):  # type: ignore[no-untyped-def]
    """Units i and j may not share a zone."""
    if who.pinned[i] >= 0 and who.pinned[j] >= 0 and who.pinned[i] != who.pinned[j]:
        return True
    for e in range(who.apart_ptr[i], who.apart_ptr[i + 1]):
        if who.apart[e] == j:
            return True
    for r in range(len(who.spread_most)):
        high = max(who.spread_high[r, i], who.spread_high[r, j])
        low = min(who.spread_low[r, i], who.spread_low[r, j])
        if high - low > who.spread_most[r]:
            return True
    return False


@inner
def fits_with(who, u, inside, count):  # type: ignore[no-untyped-def]
    """Unit u may share a zone with the first `count` units of `inside`."""
    fits = True
    for p in range(count):
        fits = fits and not clash(who, u, inside[p])
    return fits


@inner
def is_whole(who, inside, count):  # type: ignore[no-untyped-def]
    """The first `count` units of `inside` hold all or none of each group."""
    for p in range(count):
        g = who.group[inside[p]]
        if g < 0:
            continue
        held = 0
        for q in range(count):
            held += who.group[inside[q]] == g
        if held < who.group_ptr[g + 1] - who.group_ptr[g]:
            return False
    return True


@compiled
def agree(who, indptr, members, out):  # type: ignore[no-untyped-def]
    """For each set of units whether they may be a zone as far as company goes."""
    for z in range(len(out)):
        inside = members[indptr[z] : indptr[z + 1]]
        out[z] = is_whole(who, inside, len(inside))
        for p in range(len(inside)):
            if not out[z]:
                break
            out[z] = fits_with(who, inside[p], inside, p)


@inner
def strain(who, zone, u, k, head, after, other, other_zone):  # type: ignore[no-untyped-def]
    """How many rules of company unit u breaks in zone k.

    Zone k is the list that begins at ``head[k]``. Unit `other` (or -1) is taken to be
    in zone `other_zone`.
    """
    total = 0
    c = head[k]
    while c >= 0:
        if c != u and c != other:
            total += clash(who, u, c)
        c = after[c]
    g = who.group[u]
    if g >= 0:
        for e in range(who.group_ptr[g], who.group_ptr[g + 1]):
            v = who.group_units[e]
            if v != u:
                total += (other_zone if v == other else zone[v]) != k
    return total + (who.pinned[u] >= 0 and who.pinned[u] != k)


@compiled
def strains(who, zone, indptr, members):  # type: ignore[no-untyped-def]
    """How many rules of company a plan breaks, each pair of units once."""
    total = 0
    for z in range(len(indptr) - 1):
        for p in range(indptr[z], indptr[z + 1]):
            for q in range(indptr[z], p):
                total += clash(who, members[p], members[q])
    for u in range(len(zone)):
        g = who.group[u]
        if g >= 0:
            for e in range(who.group_ptr[g], who.group_ptr[g + 1]):
                v = who.group_units[e]
                total += v < u and zone[v] != zone[u]
        total += who.pinned[u] >= 0 and who.pinned[u] != zone[u]
    return total
