-- What an account may find, where it may not find everything that its role may. `agency` is the name as whoever gave the right wrote it.
-- `subject_id` refers to nobody: a right stays when the person's last paper was destroyed, and covers nothing then.
-- Nothing is deleted: an account that ever had a right here finds only what its unrevoked ones cover.
create table search_right (
    id text primary key,
    account text not null,
    subject_id text,
    agency text,
    received_from text,
    received_to text,
    reason text not null,
    granted_by text not null,
    granted_at integer not null,
    revoked_by text,
    revoked_at integer,
    revoked_reason text
) strict;

create index search_right_by_account on search_right (account);
create index search_right_by_subject on search_right (subject_id);
