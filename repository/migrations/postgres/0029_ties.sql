-- What ties somebody to a record: the agency that received it, whom a citizen represents, and what was opened in an emergency.

-- Key of the name of the agency that took it in; null only until the program has started once, '': nobody knows.
alter table document add column receiver_key text collate "C";
alter table dossier add column receiver_key text collate "C";
alter table batch add column receiver_key text collate "C";

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
    id text collate "C" primary key,
    login text collate "C" not null,
    subject_id text collate "C" not null,
    kind text collate "C" not null,
    first_day text collate "C" not null,
    last_day text collate "C",
    reason text collate "C" not null,
    made_by text collate "C" not null,
    made_at bigint not null,
    ended_by text collate "C",
    ended_at bigint
);

create index representation_by_login on representation (login, subject_id);
create index representation_by_subject on representation (subject_id);

-- Looks at what nothing tied the account to. `told`: login of the second person who was told.
create table break_glass (
    id text collate "C" primary key,
    login text collate "C" not null,
    name text collate "C" not null,
    agency text collate "C" not null,
    agency_key text collate "C" not null,
    subject_id text collate "C" not null,
    reason text collate "C" not null,
    began_at bigint not null,
    ends_at bigint not null,
    told text collate "C" not null,
    verdict text collate "C",
    remark text collate "C",
    reviewed_by text collate "C",
    reviewed_at bigint
);

create index break_glass_by_login on break_glass (login, ends_at);
create index break_glass_by_subject on break_glass (subject_id, began_at);
create index break_glass_by_agency on break_glass (agency_key, id);
