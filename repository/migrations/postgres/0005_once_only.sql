-- What a procedure asks of a paper that is held already, and which paper of a subject answers it.

-- `trust_level`: at least this; null: any. `valid_months`: counted from the day of issue; null: as long as the paper itself says.
-- `source_database`: where an officer looks instead of asking for a paper.
alter table procedure_component add column trust_level text collate "C";
alter table procedure_component add column valid_months bigint;
alter table procedure_component add column source_database text collate "C";

create index document_by_subject_type on document (subject_id, document_type, id);

-- `reused`: DuocTaiSuDung (0 no, 1 a paper that came in as a component, 2 the outcome of another dossier).
-- `replacement_code`: MaKetQuaThayThe.
alter table component add column reused bigint not null default 0;
alter table component add column replacement_code text collate "C";
alter table component add column reused_at bigint;
alter table component add column reused_by text collate "C";

-- A held paper was offered and not used. `asked_by`: `officer` or `subject`. It outlives the paper.
create table reuse_refusal (
    id text collate "C" primary key,
    dossier_id text collate "C" not null,
    component_key text collate "C" not null,
    document_id text collate "C" not null,
    asked_by text collate "C" not null,
    reason text collate "C" not null,
    at bigint not null,
    account text collate "C" not null,
    agency text collate "C" not null,
    foreign key (dossier_id, component_key) references component (dossier_id, key)
);

create index dossier_by_received_on on dossier (received_on);
create index reuse_refusal_by_component on reuse_refusal (dossier_id, component_key);
