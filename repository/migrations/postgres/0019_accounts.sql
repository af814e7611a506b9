-- Who may sign in. `password` is an Argon2id hash in PHC form; none: nobody set one yet. `totp` is the secret of the second factor, sealed
-- under a master key; it counts from `totp_since` on, and `totp_step` is the last step of time whose code was used.
create table account (
    id text collate "C" primary key,
    login text collate "C" not null unique,
    kind text collate "C" not null,
    name text collate "C" not null,
    agency text collate "C" not null,
    unit text collate "C" not null,
    role text collate "C" not null,
    number text collate "C" unique,
    state text collate "C" not null,
    state_reason text collate "C" not null,
    password text collate "C",
    password_at bigint,
    must_change bigint not null,
    totp text collate "C",
    totp_master_key_id text collate "C",
    totp_since bigint,
    totp_step bigint not null,
    made_by text collate "C" not null,
    made_at bigint not null,
    signed_in_at bigint,
    enabled_at bigint not null
);

-- Passwords that an account had, so that none comes back.
create table account_password (
    account_id text collate "C" not null references account (id),
    at bigint not null,
    password text collate "C" not null,
    primary key (account_id, at)
);

-- A person as another system knows them.
create table account_identity (
    issuer text collate "C" not null,
    sub text collate "C" not null,
    account_id text collate "C" not null references account (id),
    known_at bigint not null,
    primary key (issuer, sub)
);

create index account_identity_by_account on account_identity (account_id);

-- Links that let someone set a password once. Without an account: whoever opens it becomes the first administrator.
create table account_link (
    hash text collate "C" primary key,
    account_id text collate "C" references account (id),
    made_by text collate "C" not null,
    ends_at bigint not null
);

create index account_link_by_account on account_link (account_id);

-- Codes that stand in for the second factor, once each.
create table account_recovery (
    account_id text collate "C" not null references account (id),
    hash text collate "C" not null,
    primary key (account_id, hash)
);

-- Browsers in which an account signed in: what strangers try elsewhere does not lock them.
create table account_device (
    hash text collate "C" primary key,
    account_id text collate "C" not null references account (id),
    known_at bigint not null
);

create index account_device_by_account on account_device (account_id);

-- Who is signed in where, and who is about to be: then without an account.
create table sign_in_session (
    hash text collate "C" primary key,
    account_id text collate "C" references account (id),
    data text collate "C" not null,
    made_at bigint not null,
    seen_at bigint not null,
    ends_at bigint not null
);

create index sign_in_session_by_account on sign_in_session (account_id);
create index sign_in_session_by_end on sign_in_session (ends_at);

-- Attempts of a login, a browser or an address since a moment.
create table sign_in_limit (
    name text collate "C" primary key,
    attempts bigint not null,
    since bigint not null
);
