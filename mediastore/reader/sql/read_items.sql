create or replace temp view read_items as select * exclude (number) from parsed_items
