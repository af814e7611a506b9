-- What ties somebody to a record: the agency that received it, whom a citizen represents, and what was opened in an emergency.

-- Key of the name of the agency that took it in; null only until the program has started once, '': nobody knows.
alter table document add column receiver_key text;
alter table dossier add column receiver_key text;
alter table batch add column receiver_key text;

create index document_by_receiver on document (receiver_key, id);
create index document_by_receiver_state on document (receiver_key, state, id);
create index dossier_by_receiver on dossier (receiver_key, id);
create index batch_by_receiver on batch (receiver_key, id);

-- The queue is an agency's.
drop index dossier_by_next;
drop index dossier_by_state_next;
drop index dossier_by_procedure_next;
drop index dossier_by_officer_next;
create index dossier_by_next on dossier (receiver_key, next_by, id) where next_by is not null;
create index dossier_by_state_next on dossier (receiver_key, state, next_by, id) where next_by is not null;
create index dossier_by_procedure_next on dossier (receiver_key, procedure_code, next_by, id) where next_by is not null;
create index dossier_by_officer_next on dossier (receiver_key, officer, next_by, id) where next_by is not null;

-- Whom an account speaks for besides the person whose number it has: a child, an organization. `subject_id` may refer to nobody, once the
-- last paper was destroyed. `last_day` null: until it is ended.
create table representation (
    id text primary key,
    login text not null,
    subject_id text not null,
    kind text not null,
    first_day text not null,
    last_day text,
    reason text not null,
    made_by text not null,
    made_at integer not null,
    ended_by text,
    ended_at integer
) strict;

create index representation_by_login on representation (login, subject_id);
create index representation_by_subject on representation (subject_id);

-- Looks at what nothing tied the account to. `told`: login of the second person who was told.
create table break_glass (
    id text primary key,
    login text not null,
    name text not null,
    agency text not null,
    agency_key text not null,
    subject_id text not null,
    reason text not null,
    began_at integer not null,
    ends_at integer not null,
    told text not null,
    verdict text,
    remark text,
    reviewed_by text,
    reviewed_at integer
) strict;

create index break_glass_by_login on break_glass (login, ends_at);
create index break_glass_by_subject on break_glass (subject_id, began_at);
create index break_glass_by_agency on break_glass (agency_key, id);
