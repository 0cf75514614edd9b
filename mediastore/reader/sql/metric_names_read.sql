union all
    select folder, name from store.indexed_metrics where folder in (select folder from store.unnamed)
