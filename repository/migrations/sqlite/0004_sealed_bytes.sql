-- Stored bytes are sealed. Each paper has a data key, which stands here wrapped under a master key; master keys stand elsewhere and are
-- known here by id alone. One of them counts: new data keys are wrapped under it.
create table master_key (
    id text primary key,
    added_at integer not null,
    counts integer not null
) strict;

create unique index master_key_that_counts on master_key (counts) where counts = 1;

-- A data key is made before its paper is a record (`sha256` is the paper's, so that bringing it again after a fault finds the same key),
-- and outlives it without `wrapped`: the paper was erased. `plain_left` tells of files of an older version, which did not seal: 2 they
-- are to be sealed, 1 they are sealed and to be removed, 0 there are none.
create table data_key (
    document_id text primary key,
    sha256 text not null,
    master_key_id text not null references master_key (id),
    wrapped text,
    plain_left integer not null default 0,
    made_at integer not null,
    destroyed_at integer
) strict;

create unique index data_key_in_use on data_key (sha256) where destroyed_at is null;
create index data_key_by_master_key on data_key (master_key_id, document_id) where destroyed_at is null;
create index data_key_plain_left on data_key (plain_left, document_id) where plain_left > 0;

-- Stored bytes that were found changed or missing and are not mended yet.
create table damage (
    document_id text not null,
    sha256 text not null,
    missing integer not null,
    found_at integer not null,
    primary key (document_id, sha256)
) strict;

-- The one scrub that goes round: who does it until when, how far it came, and how the last round ended.
create table scrub (
    id integer primary key check (id = 1),
    worker text,
    due_at integer not null,
    after_document text not null,
    after_sha256 text not null,
    began_at integer not null,
    objects integer not null,
    bytes integer not null,
    ended_at integer,
    ended_objects integer,
    ended_bytes integer
) strict;
