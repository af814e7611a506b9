-- Queries that an officer asks again and again, as typed; personal numbers are refused before they come here.
create table saved_view (
    id text primary key,
    account text not null,
    name text not null,
    query text not null,
    saved_at integer not null,
    unique (account, name)
) strict;
