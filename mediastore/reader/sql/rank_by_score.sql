{side} join (select id, max(nullif(score, 'nan')) as rank from store.annotations where {conditions} group by id) using (id)
