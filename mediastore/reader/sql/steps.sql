select distinct step from store.items where {conditions} order by step
