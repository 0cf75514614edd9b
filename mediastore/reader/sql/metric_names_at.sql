select distinct name from store.metrics where {conditions} order by name
