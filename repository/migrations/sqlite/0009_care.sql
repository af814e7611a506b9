-- How long a paper is kept, what forbids to destroy it, and who decided that it goes.

-- `retain_until`: last day on which it must be kept; null with a code: for ever.
alter table document add column retention_code text;
alter table document add column retain_until text;

create table hold (
    id text primary key,
    document_id text not null references document (id),
    reason text not null,
    since integer not null,
    placed_by text not null,
    lifted_at integer,
    lifted_by text,
    lifted_reason text
) strict;

create index hold_by_document on hold (document_id, since);

-- One open proposal a paper. `certificate`: what stays of the paper, as JSON; with it the paper is destroyed.
create table disposal (
    id text primary key,
    document_id text not null references document (id),
    ground text not null,
    decision_no text not null,
    reason text not null,
    proposed_at integer not null,
    proposed_by text not null,
    agency text not null,
    decided_at integer,
    decided_by text,
    refusal text,
    certificate text
) strict;

create unique index disposal_open on disposal (document_id) where decided_at is null;
create index disposal_by_document on disposal (document_id, proposed_at);
