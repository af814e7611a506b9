-- What a procedure asks of a paper that is held already, and which paper of a subject answers it.

-- `trust_level`: at least this; null: any. `valid_months`: counted from the day of issue; null: as long as the paper itself says.
-- `source_database`: where an officer looks instead of asking for a paper.
alter table procedure_component add column trust_level text;
alter table procedure_component add column valid_months integer;
alter table procedure_component add column source_database text;

create index document_by_subject_type on document (subject_id, document_type, id);

-- `reused`: DuocTaiSuDung (0 no, 1 a paper that came in as a component, 2 the outcome of another dossier).
-- `replacement_code`: MaKetQuaThayThe.
alter table component add column reused integer not null default 0;
alter table component add column replacement_code text;
alter table component add column reused_at integer;
alter table component add column reused_by text;

-- A held paper was offered and not used. `asked_by`: `officer` or `subject`. It outlives the paper.
create table reuse_refusal (
    id text primary key,
    dossier_id text not null,
    component_key text not null,
    document_id text not null,
    asked_by text not null,
    reason text not null,
    at integer not null,
    account text not null,
    agency text not null,
    foreign key (dossier_id, component_key) references component (dossier_id, key)
) strict;

create index dossier_by_received_on on dossier (received_on);
create index reuse_refusal_by_component on reuse_refusal (dossier_id, component_key);
