-- The access log as evidence: entries in a canonical form, signed one by one, under signed checkpoints. What stood in the log before
-- waits in `access_entry_before` until the program has signed it, at the first start.
alter table access_entry rename to access_entry_before;
drop index access_entry_by_document;
drop index access_entry_by_subject;
delete from counter where name = 'access_entry';

-- `owners`: JSON list of commitments. `leaf` and `signature` are of the canonical line that the other columns make.
create table access_entry (
    number integer primary key,
    at integer not null,
    account text not null,
    name text not null,
    role text not null,
    agency text not null,
    unit text not null,
    source text not null,
    destination text not null,
    action text not null,
    purpose text not null,
    basis text,
    document_id text,
    owners text not null,
    allowed integer not null,
    visible_from text,
    leaf text not null,
    signature text not null
) strict;

create index access_entry_by_document on access_entry (document_id, number);
create index access_entry_by_time on access_entry (at, number);

-- What opens the commitments: whose records an entry touched.
create table access_owner (
    subject_id text not null,
    number integer not null,
    salt text not null,
    primary key (subject_id, number)
) strict;

create index access_owner_by_entry on access_owner (number);

-- The log's name and its key, which stands under a master key.
create table access_log (
    id integer primary key check (id = 1),
    log text not null,
    public_key text not null,
    master_key_id text not null,
    wrapped text not null
) strict;

-- `peaks`: JSON list, from which the tree grows on.
create table access_checkpoint (
    size integer primary key,
    at integer not null,
    note text not null,
    peaks text not null
) strict;

-- Roots of every 1,024 entries: block 1 holds the entries 1 to 1,024.
create table access_block (
    number integer primary key,
    root text not null
) strict;

-- Looks of this agency at this subject are shown to the subject from that day on.
create table access_sealing (
    subject_id text not null,
    agency text not null,
    visible_from text not null,
    decided_at integer not null,
    decided_by text not null,
    reason text not null,
    primary key (subject_id, agency, decided_at)
) strict;
