create or replace temp view valid_lines as from lines
