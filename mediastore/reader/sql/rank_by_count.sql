{side} join (select id, count(*) as rank from store.annotations where {conditions} group by id) using (id)
