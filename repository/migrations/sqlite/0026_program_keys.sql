-- Keys by which programs ask for an account: only for these actions, only until then. A key that was taken back has ended.
create table program_key (
    id text primary key,
    hash text not null unique,
    account_id text not null references account (id),
    name text not null,
    only_actions text not null,
    made_by text not null,
    made_at integer not null,
    ends_at integer not null,
    used_at integer
) strict;

create index program_key_by_account on program_key (account_id);
