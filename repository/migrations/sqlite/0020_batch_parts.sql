-- Keys that parts of a stack were stored under before it was carried out. A part that never became a paper goes with the stack all the same.
create table batch_part (
    batch_id text not null references batch (id),
    document_id text not null,
    primary key (batch_id, document_id)
) strict;
