create or replace view store.{kind} as
from (from store.indexed_{kind} union all by name from store.live_{kind})
anti join store.superseded using (id)
