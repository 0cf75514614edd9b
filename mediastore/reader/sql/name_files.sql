set variable files = (
    select map(list(place), list(paths))
    from (
        select kind as place, list(path order by path) as paths
        from store.segments
        where segment not in (select segment from store.rolled)
        group by kind
        union all
        select 'rolled_' || kind, list(path order by path)
        from store.parts
        group by kind
    )
)
