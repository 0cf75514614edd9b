select coalesce(list(path order by path), []) from store.segments where kind = $kind
