-- Papers that officers have in front of them. `unfinished`: what was typed and is not confirmed yet, sealed under the key of the paper; null:
-- nothing was. Rows go when the paper is filed.
create table review_desk (
    document_id text collate "C" not null references document (id),
    account text collate "C" not null,
    name text collate "C" not null,
    held_until bigint not null,
    saved_at bigint,
    unfinished text collate "C",
    primary key (document_id, account)
);

create index review_desk_by_saved on review_desk (saved_at) where saved_at is not null;

-- What was keyed blind, sealed under the key of the paper, until two people agree or a third decides. Rows go when the paper is filed.
create table keying (
    document_id text collate "C" not null references document (id),
    number bigint not null,
    account text collate "C" not null,
    at bigint not null,
    keyed text collate "C" not null,
    primary key (document_id, number)
);

-- Pages that were scanned again, sealed like the original. The old scan of the page stays where it is.
create table page_rescan (
    document_id text collate "C" not null references document (id),
    number bigint not null,
    page bigint not null,
    sha256 text collate "C" not null,
    at bigint not null,
    account text collate "C" not null,
    reason text collate "C" not null,
    primary key (document_id, number)
);
