left join (select id, max(score) as score from store.annotations where {conditions} group by id) using (id)
