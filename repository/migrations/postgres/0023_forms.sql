-- Trả lại bản chính (KHO-03).
alter table component add column original_returned_at bigint;
alter table component add column original_returned_by text collate "C";

-- Which form was printed, by whom; without a dossier: the register.
create table form_print (
    id text collate "C" primary key,
    dossier_id text collate "C" references dossier (id),
    form text collate "C" not null,
    at bigint not null,
    account text collate "C" not null,
    agency text collate "C" not null
);

create index form_print_by_dossier on form_print (dossier_id, id);
