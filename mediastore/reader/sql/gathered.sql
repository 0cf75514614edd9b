create or replace view store.{kind} as from store.indexed_{kind} union all by name from store.live_{kind}
