-- The access log as evidence: entries in a canonical form, signed one by one, under signed checkpoints. What stood in the log before
-- waits in `access_entry_before` until the program has signed it, at the first start.
alter table access_entry rename to access_entry_before;
alter table access_entry_before rename constraint access_entry_pkey to access_entry_before_pkey;
drop index access_entry_by_document;
drop index access_entry_by_subject;
delete from counter where name = 'access_entry';

-- `owners`: JSON list of commitments. `leaf` and `signature` are of the canonical line that the other columns make.
create table access_entry (
    number bigint primary key,
    at bigint not null,
    account text collate "C" not null,
    name text collate "C" not null,
    role text collate "C" not null,
    agency text collate "C" not null,
    unit text collate "C" not null,
    source text collate "C" not null,
    destination text collate "C" not null,
    action text collate "C" not null,
    purpose text collate "C" not null,
    basis text collate "C",
    document_id text collate "C",
    owners text collate "C" not null,
    allowed bigint not null,
    visible_from text collate "C",
    leaf text collate "C" not null,
    signature text collate "C" not null
);

create index access_entry_by_document on access_entry (document_id, number);
create index access_entry_by_time on access_entry (at, number);

-- What opens the commitments: whose records an entry touched.
create table access_owner (
    subject_id text collate "C" not null,
    number bigint not null,
    salt text collate "C" not null,
    primary key (subject_id, number)
);

create index access_owner_by_entry on access_owner (number);

-- The log's name and its key, which stands under a master key.
create table access_log (
    id bigint primary key check (id = 1),
    log text collate "C" not null,
    public_key text collate "C" not null,
    master_key_id text collate "C" not null,
    wrapped text collate "C" not null
);

-- `peaks`: JSON list, from which the tree grows on.
create table access_checkpoint (
    size bigint primary key,
    at bigint not null,
    note text collate "C" not null,
    peaks text collate "C" not null
);

-- Roots of every 1,024 entries: block 1 holds the entries 1 to 1,024.
create table access_block (
    number bigint primary key,
    root text collate "C" not null
);

-- Looks of this agency at this subject are shown to the subject from that day on.
create table access_sealing (
    subject_id text collate "C" not null,
    agency text collate "C" not null,
    visible_from text collate "C" not null,
    decided_at bigint not null,
    decided_by text collate "C" not null,
    reason text collate "C" not null,
    primary key (subject_id, agency, decided_at)
);
