-- Where a paper comes from, who answers for it, what became of it, whose it is; the numbers of a subject; the states of a dossier.

-- `source_form`: null until someone says. `marked_*`: the officer who answers for the scan. `agency_marked_*`: who confirmed it for the
-- agency. `validity` is what someone decided; that a paper has expired follows from `valid_until` and the day, and is never written.
alter table document add column source_form text;
alter table document add column role text;
alter table document add column compared_by text;
alter table document add column compared_at integer;
alter table document add column marked_by text;
alter table document add column marked_at integer;
alter table document add column agency_marked_by text;
alter table document add column agency_marked_at integer;
alter table document add column validity text not null default 'valid';
alter table document add column superseded_by text references document (id);
alter table document add column version integer not null default 1;

-- What was filed until now was confirmed beside the original, and nobody had put a mark on the scan.
update document set source_form = 'scan_with_original', compared_by = confirmed_by, compared_at = confirmed_at
where state = 'stored';
update document set role = case when place_component is null and place_dossier_id is not null then 'outcome' else 'component' end
where state = 'stored';

-- What was done to a paper, step by step. `reason`: in the words of who did it; `other_id`: the paper that took its place.
create table document_event (
    document_id text not null references document (id),
    number integer not null,
    at integer not null,
    step text not null,
    account text not null,
    agency text not null,
    reason text,
    other_id text references document (id),
    primary key (document_id, number)
) strict;

-- Versions that no longer count, as they stood: `record` is the filed record with its fields as JSON. `reason`: why it was replaced.
create table document_version (
    document_id text not null references document (id),
    version integer not null,
    record text not null,
    replaced_at integer not null,
    replaced_by text not null,
    reason text not null,
    primary key (document_id, version)
) strict;

-- Owners as confirmed; the first (`position` 0) is also `document.subject_id`, which before that is only proposed.
create table document_subject (
    document_id text not null references document (id),
    subject_id text not null references subject (id),
    role text not null,
    position integer not null,
    primary key (document_id, subject_id)
) strict;

create index document_subject_by_subject on document_subject (subject_id, document_id);

insert into document_subject (document_id, subject_id, role, position)
select id, subject_id, 'owner', 0 from document where state = 'stored' and subject_id is not null;

-- Every number by which a subject is found; the one that is shown stands in `subject` too.
create table subject_number (
    number_kind text not null,
    number text not null,
    number_key text not null,
    subject_id text not null references subject (id),
    added_at integer not null,
    primary key (number_kind, number)
) strict;

create index subject_number_by_key on subject_number (number_key);
create index subject_number_by_subject on subject_number (subject_id);

insert into subject_number (number_kind, number, number_key, subject_id, added_at)
select number_kind, number, number_key, id, 0 from subject;

-- A subject that went into another one stays as a trace, without papers and numbers.
alter table subject add column merged_into text references subject (id);

-- `moved`: what went over, as JSON, so that it can go back.
create table subject_merge (
    id text primary key,
    from_id text not null references subject (id),
    into_id text not null references subject (id),
    at integer not null,
    account text not null,
    agency text not null,
    reason text not null,
    moved text not null,
    undone_at integer,
    undone_by text,
    undone_reason text
) strict;

create index subject_merge_by_subject on subject_merge (into_id);

alter table dossier add column state text not null default 'accepted';

create table dossier_event (
    dossier_id text not null references dossier (id),
    number integer not null,
    at integer not null,
    state_before text not null,
    state text not null,
    account text not null,
    agency text not null,
    reason text,
    primary key (dossier_id, number)
) strict;
