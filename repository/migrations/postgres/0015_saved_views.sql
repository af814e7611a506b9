-- Queries that an officer asks again and again, as typed; the page that takes them refuses personal numbers.
create table saved_view (
    id text collate "C" primary key,
    account text collate "C" not null,
    name text collate "C" not null,
    query text collate "C" not null,
    saved_at bigint not null,
    unique (account, name)
);
