-- Stacks of paper as they were scanned, before and after they became papers. `sha256` is over the hashes of the files in their order, so
-- that the same stack again is the same batch. `stack` (what each page shows) and `plan` (which pages are which paper) are JSON; `version`
-- grows with every change of the plan, so that nobody changes one that they have not seen.
create table batch (
    id text primary key,
    sha256 text not null unique,
    state text not null,
    feed text not null,
    version integer not null,
    stack text,
    plan text,
    problem text,
    page_count integer not null,
    received_at integer not null,
    received_by text not null
) strict;

create index batch_by_state on batch (state, id);

create table batch_file (
    batch_id text not null references batch (id),
    number integer not null,
    file_name text not null,
    bytes integer not null,
    sha256 text not null,
    primary key (batch_id, number)
) strict;

-- Small pictures of the pages, sealed like the files.
create table batch_page (
    batch_id text not null references batch (id),
    number integer not null,
    thumbnail_sha256 text not null,
    primary key (batch_id, number)
) strict;

-- Dossiers that the plan names: whoever looks at the pages looks at their subjects' papers.
create table batch_dossier (
    batch_id text not null references batch (id),
    dossier_id text not null references dossier (id),
    primary key (batch_id, dossier_id)
) strict;

-- Papers that a batch became; `undone_at`: it was undone since.
create table batch_paper (
    batch_id text not null references batch (id),
    document_id text not null references document (id),
    part integer not null,
    filed_at integer not null,
    undone_at integer,
    primary key (batch_id, document_id)
) strict;

create index batch_paper_by_document on batch_paper (document_id);

-- What was done to a batch, step by step. `detail`: the change of the plan as JSON, or a reason in the words of who acted.
create table batch_event (
    batch_id text not null references batch (id),
    number integer not null,
    at integer not null,
    step text not null,
    account text not null,
    agency text not null,
    detail text,
    primary key (batch_id, number)
) strict;
