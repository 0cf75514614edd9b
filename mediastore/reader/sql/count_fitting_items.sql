select count(distinct id) from store.annotations where {conditions}
