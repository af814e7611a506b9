-- Stored bytes are sealed. Each paper has a data key, which stands here wrapped under a master key; master keys stand elsewhere and are
-- known here by id alone. One of them counts: new data keys are wrapped under it.
create table master_key (
    id text collate "C" primary key,
    added_at bigint not null,
    counts bigint not null
);

create unique index master_key_that_counts on master_key (counts) where counts = 1;

-- A data key is made before its paper is a record (`sha256` is the paper's, so that bringing it again after a fault finds the same key),
-- and outlives it without `wrapped`: the paper was erased. `plain_left` tells of files of an older version, which did not seal: 2 they
-- are to be sealed, 1 they are sealed and to be removed, 0 there are none.
create table data_key (
    document_id text collate "C" primary key,
    sha256 text collate "C" not null,
    master_key_id text collate "C" not null references master_key (id),
    wrapped text collate "C",
    plain_left bigint not null default 0,
    made_at bigint not null,
    destroyed_at bigint
);

create unique index data_key_in_use on data_key (sha256) where destroyed_at is null;
create index data_key_by_master_key on data_key (master_key_id, document_id) where destroyed_at is null;
create index data_key_plain_left on data_key (plain_left, document_id) where plain_left > 0;

-- Stored bytes that were found changed or missing and are not mended yet.
create table damage (
    document_id text collate "C" not null,
    sha256 text collate "C" not null,
    missing bigint not null,
    found_at bigint not null,
    primary key (document_id, sha256)
);

-- The one scrub that goes round: who does it until when, how far it came, and how the last round ended.
create table scrub (
    id bigint primary key check (id = 1),
    worker text collate "C",
    due_at bigint not null,
    after_document text collate "C" not null,
    after_sha256 text collate "C" not null,
    began_at bigint not null,
    objects bigint not null,
    bytes bigint not null,
    ended_at bigint,
    ended_objects bigint,
    ended_bytes bigint
);
