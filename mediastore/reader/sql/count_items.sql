select count(*) from store.items where {conditions}
