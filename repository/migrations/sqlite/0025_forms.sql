-- Trả lại bản chính (KHO-03).
alter table component add column original_returned_at integer;
alter table component add column original_returned_by text;

-- Which form was printed, by whom; without a dossier: the register.
create table form_print (
    id text primary key,
    dossier_id text references dossier (id),
    form text not null,
    at integer not null,
    account text not null,
    agency text not null
) strict;

create index form_print_by_dossier on form_print (dossier_id, id);
