{side} join (select id, best, fitting from {fitting}) using (id)
