-- Who may sign in. `password` is an Argon2id hash in PHC form; none: nobody set one yet. `totp` is the secret of the second factor, sealed
-- under a master key; it counts from `totp_since` on, and `totp_step` is the last step of time whose code was used.
create table account (
    id text primary key,
    login text not null unique,
    kind text not null,
    name text not null,
    agency text not null,
    unit text not null,
    role text not null,
    number text unique,
    state text not null,
    state_reason text not null,
    password text,
    password_at integer,
    must_change integer not null,
    totp text,
    totp_master_key_id text,
    totp_since integer,
    totp_step integer not null,
    made_by text not null,
    made_at integer not null,
    signed_in_at integer,
    enabled_at integer not null
) strict;

-- Passwords that an account had, so that none comes back.
create table account_password (
    account_id text not null references account (id),
    at integer not null,
    password text not null,
    primary key (account_id, at)
) strict;

-- A person as another system knows them.
create table account_identity (
    issuer text not null,
    sub text not null,
    account_id text not null references account (id),
    known_at integer not null,
    primary key (issuer, sub)
) strict;

create index account_identity_by_account on account_identity (account_id);

-- Links that let someone set a password once. Without an account: whoever opens it becomes the first administrator.
create table account_link (
    hash text primary key,
    account_id text references account (id),
    made_by text not null,
    ends_at integer not null
) strict;

create index account_link_by_account on account_link (account_id);

-- Codes that stand in for the second factor, once each.
create table account_recovery (
    account_id text not null references account (id),
    hash text not null,
    primary key (account_id, hash)
) strict;

-- Browsers in which an account signed in: what strangers try elsewhere does not lock them.
create table account_device (
    hash text primary key,
    account_id text not null references account (id),
    known_at integer not null
) strict;

create index account_device_by_account on account_device (account_id);

-- Who is signed in where, and who is about to be: then without an account.
create table sign_in_session (
    hash text primary key,
    account_id text references account (id),
    data text not null,
    made_at integer not null,
    seen_at integer not null,
    ends_at integer not null
) strict;

create index sign_in_session_by_account on sign_in_session (account_id);
create index sign_in_session_by_end on sign_in_session (ends_at);

-- Attempts of a login, a browser or an address since a moment.
create table sign_in_limit (
    name text primary key,
    attempts integer not null,
    since integer not null
) strict;
