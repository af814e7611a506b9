-- Keys by which programs ask for an account: only for these actions, only until then. A key that was taken back has ended.
create table program_key (
    id text collate "C" primary key,
    hash text collate "C" not null unique,
    account_id text collate "C" not null references account (id),
    name text collate "C" not null,
    only_actions text collate "C" not null,
    made_by text collate "C" not null,
    made_at bigint not null,
    ends_at bigint not null,
    used_at bigint
);

create index program_key_by_account on program_key (account_id);
