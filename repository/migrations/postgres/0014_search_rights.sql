-- What an account may find, where it may not find everything that its role may. `agency` is the name as whoever gave the right wrote it.
-- `subject_id` refers to nobody: a right stays when the person's last paper was destroyed, and covers nothing then.
-- Nothing is deleted: an account that ever had a right here finds only what its unrevoked ones cover.
create table search_right (
    id text collate "C" primary key,
    account text collate "C" not null,
    subject_id text collate "C",
    agency text collate "C",
    received_from text collate "C",
    received_to text collate "C",
    reason text collate "C" not null,
    granted_by text collate "C" not null,
    granted_at bigint not null,
    revoked_by text collate "C",
    revoked_at bigint,
    revoked_reason text collate "C"
);

create index search_right_by_account on search_right (account);
create index search_right_by_subject on search_right (subject_id);
