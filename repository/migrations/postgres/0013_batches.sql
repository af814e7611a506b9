-- Stacks of paper as they were scanned, before and after they became papers. `sha256` is over the hashes of the files in their order, so
-- that the same stack again is the same batch. `stack` (what each page shows) and `plan` (which pages are which paper) are JSON; `version`
-- grows with every change of the plan, so that nobody changes one that they have not seen.
create table batch (
    id text collate "C" primary key,
    sha256 text collate "C" not null unique,
    state text collate "C" not null,
    feed text collate "C" not null,
    version bigint not null,
    stack text collate "C",
    plan text collate "C",
    problem text collate "C",
    page_count bigint not null,
    received_at bigint not null,
    received_by text collate "C" not null
);

create index batch_by_state on batch (state, id);

create table batch_file (
    batch_id text collate "C" not null references batch (id),
    number bigint not null,
    file_name text collate "C" not null,
    bytes bigint not null,
    sha256 text collate "C" not null,
    primary key (batch_id, number)
);

-- Small pictures of the pages, sealed like the files.
create table batch_page (
    batch_id text collate "C" not null references batch (id),
    number bigint not null,
    thumbnail_sha256 text collate "C" not null,
    primary key (batch_id, number)
);

-- Dossiers that the plan names: whoever looks at the pages looks at their subjects' papers.
create table batch_dossier (
    batch_id text collate "C" not null references batch (id),
    dossier_id text collate "C" not null references dossier (id),
    primary key (batch_id, dossier_id)
);

-- Papers that a batch became; `undone_at`: it was undone since.
create table batch_paper (
    batch_id text collate "C" not null references batch (id),
    document_id text collate "C" not null references document (id),
    part bigint not null,
    filed_at bigint not null,
    undone_at bigint,
    primary key (batch_id, document_id)
);

create index batch_paper_by_document on batch_paper (document_id);

-- What was done to a batch, step by step. `detail`: the change of the plan as JSON, or a reason in the words of who acted.
create table batch_event (
    batch_id text collate "C" not null references batch (id),
    number bigint not null,
    at bigint not null,
    step text collate "C" not null,
    account text collate "C" not null,
    agency text collate "C" not null,
    detail text collate "C",
    primary key (batch_id, number)
);
