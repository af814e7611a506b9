-- Several people may work in one browser, and share its secret.
create table shared_device (
    hash text not null,
    account_id text not null references account (id),
    known_at integer not null,
    primary key (hash, account_id)
) strict;
insert into shared_device select hash, account_id, known_at from account_device;
drop table account_device;
alter table shared_device rename to account_device;
create index account_device_by_account on account_device (account_id);
