-- How long a paper is kept, what forbids to destroy it, and who decided that it goes.

-- `retain_until`: last day on which it must be kept; null with a code: for ever.
alter table document add column retention_code text collate "C";
alter table document add column retain_until text collate "C";

create table hold (
    id text collate "C" primary key,
    document_id text collate "C" not null references document (id),
    reason text collate "C" not null,
    since bigint not null,
    placed_by text collate "C" not null,
    lifted_at bigint,
    lifted_by text collate "C",
    lifted_reason text collate "C"
);

create index hold_by_document on hold (document_id, since);

-- One open proposal a paper. `certificate`: what stays of the paper, as JSON; with it the paper is destroyed.
create table disposal (
    id text collate "C" primary key,
    document_id text collate "C" not null references document (id),
    ground text collate "C" not null,
    decision_no text collate "C" not null,
    reason text collate "C" not null,
    proposed_at bigint not null,
    proposed_by text collate "C" not null,
    agency text collate "C" not null,
    decided_at bigint,
    decided_by text collate "C",
    refusal text collate "C",
    certificate text collate "C"
);

create unique index disposal_open on disposal (document_id) where decided_at is null;
create index disposal_by_document on disposal (document_id, proposed_at);
