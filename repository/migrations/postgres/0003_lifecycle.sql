-- Where a paper comes from, who answers for it, what became of it, whose it is; the numbers of a subject; the states of a dossier.

-- `source_form`: null until someone says. `marked_*`: the officer who answers for the scan. `agency_marked_*`: who confirmed it for the
-- agency. `validity` is what someone decided; that a paper has expired follows from `valid_until` and the day, and is never written.
alter table document add column source_form text collate "C";
alter table document add column role text collate "C";
alter table document add column compared_by text collate "C";
alter table document add column compared_at bigint;
alter table document add column marked_by text collate "C";
alter table document add column marked_at bigint;
alter table document add column agency_marked_by text collate "C";
alter table document add column agency_marked_at bigint;
alter table document add column validity text collate "C" not null default 'valid';
alter table document add column superseded_by text collate "C" references document (id);
alter table document add column version bigint not null default 1;

-- What was filed until now was confirmed beside the original, and nobody had put a mark on the scan.
update document set source_form = 'scan_with_original', compared_by = confirmed_by, compared_at = confirmed_at
where state = 'stored';
update document set role = case when place_component is null and place_dossier_id is not null then 'outcome' else 'component' end
where state = 'stored';

-- What was done to a paper, step by step. `reason`: in the words of who did it; `other_id`: the paper that took its place.
create table document_event (
    document_id text collate "C" not null references document (id),
    number bigint not null,
    at bigint not null,
    step text collate "C" not null,
    account text collate "C" not null,
    agency text collate "C" not null,
    reason text collate "C",
    other_id text collate "C" references document (id),
    primary key (document_id, number)
);

-- Versions that no longer count, as they stood: `record` is the filed record with its fields as JSON. `reason`: why it was replaced.
create table document_version (
    document_id text collate "C" not null references document (id),
    version bigint not null,
    record text collate "C" not null,
    replaced_at bigint not null,
    replaced_by text collate "C" not null,
    reason text collate "C" not null,
    primary key (document_id, version)
);

-- Owners as confirmed; the first (`position` 0) is also `document.subject_id`, which before that is only proposed.
create table document_subject (
    document_id text collate "C" not null references document (id),
    subject_id text collate "C" not null references subject (id),
    role text collate "C" not null,
    position bigint not null,
    primary key (document_id, subject_id)
);

create index document_subject_by_subject on document_subject (subject_id, document_id);

insert into document_subject (document_id, subject_id, role, position)
select id, subject_id, 'owner', 0 from document where state = 'stored' and subject_id is not null;

-- Every number by which a subject is found; the one that is shown stands in `subject` too.
create table subject_number (
    number_kind text collate "C" not null,
    number text collate "C" not null,
    number_key text collate "C" not null,
    subject_id text collate "C" not null references subject (id),
    added_at bigint not null,
    primary key (number_kind, number)
);

create index subject_number_by_key on subject_number (number_key);
create index subject_number_by_subject on subject_number (subject_id);

insert into subject_number (number_kind, number, number_key, subject_id, added_at)
select number_kind, number, number_key, id, 0 from subject;

-- A subject that went into another one stays as a trace, without papers and numbers.
alter table subject add column merged_into text collate "C" references subject (id);

-- `moved`: what went over, as JSON, so that it can go back.
create table subject_merge (
    id text collate "C" primary key,
    from_id text collate "C" not null references subject (id),
    into_id text collate "C" not null references subject (id),
    at bigint not null,
    account text collate "C" not null,
    agency text collate "C" not null,
    reason text collate "C" not null,
    moved text collate "C" not null,
    undone_at bigint,
    undone_by text collate "C",
    undone_reason text collate "C"
);

create index subject_merge_by_subject on subject_merge (into_id);

alter table dossier add column state text collate "C" not null default 'accepted';

create table dossier_event (
    dossier_id text collate "C" not null references dossier (id),
    number bigint not null,
    at bigint not null,
    state_before text collate "C" not null,
    state text collate "C" not null,
    account text collate "C" not null,
    agency text collate "C" not null,
    reason text collate "C",
    primary key (dossier_id, number)
);
