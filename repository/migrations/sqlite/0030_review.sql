-- Papers that officers have in front of them. `unfinished`: what was typed and is not confirmed yet, sealed under the key of the paper; null:
-- nothing was. Rows go when the paper is filed.
create table review_desk (
    document_id text not null references document (id),
    account text not null,
    name text not null,
    held_until integer not null,
    saved_at integer,
    unfinished text,
    primary key (document_id, account)
) strict;

create index review_desk_by_saved on review_desk (saved_at) where saved_at is not null;

-- What was keyed blind, sealed under the key of the paper, until two people agree or a third decides. Rows go when the paper is filed.
create table keying (
    document_id text not null references document (id),
    number integer not null,
    account text not null,
    at integer not null,
    keyed text not null,
    primary key (document_id, number)
) strict;

-- Pages that were scanned again, sealed like the original. The old scan of the page stays where it is.
create table page_rescan (
    document_id text not null references document (id),
    number integer not null,
    page integer not null,
    sha256 text not null,
    at integer not null,
    account text not null,
    reason text not null,
    primary key (document_id, number)
) strict;
