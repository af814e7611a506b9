-- Queries that an officer asks again and again, as typed; the page that takes them refuses personal numbers.
create table saved_view (
    id text primary key,
    account text not null,
    name text not null,
    query text not null,
    saved_at integer not null,
    unique (account, name)
) strict;
