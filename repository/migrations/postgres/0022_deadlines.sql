-- Working days, and by when each step of a dossier has to be done.

-- Lists of days off and made-up days, one for each year; a year that has none is not known beyond its fixed public holidays.
create table calendar_year (
    year bigint primary key,
    source text collate "C" not null,
    loaded_at bigint not null,
    loaded_by text collate "C" not null
);

create table calendar_day (
    day text collate "C" primary key,
    year bigint not null references calendar_year (year),
    is_working bigint not null,
    name text collate "C" not null
);

create index calendar_day_by_year on calendar_day (year);

-- Sessions of a working day, HH:MM:SS; none: the usual ones.
create table office_session (
    begins text collate "C" primary key,
    ends text collate "C" not null
);

-- `term`: JSON, null: the catalogue does not say. `cut_off`: HH:MM:SS, null: there is none.
alter table procedure add column term text collate "C";
alter table procedure add column cut_off text collate "C";

-- `next_by`: deadline of the next step of an open dossier; 2^63-2: it waits for its owner; 2^63-1: it has none; null: it is not open.
-- `officer`: who did the last step.
alter table dossier add column counted_from bigint;
alter table dossier add column hand_over_by bigint;
alter table dossier add column notice_by bigint;
alter table dossier add column due_at bigint;
alter table dossier add column next_by bigint;
alter table dossier add column officer text collate "C";

update dossier set next_by = case when state in ('supplement_asked', 'payment_asked') then 9223372036854775806
        else 9223372036854775807 end
    where state not in ('refused', 'withdrawn', 'delivered');

create index dossier_by_next on dossier (next_by, id) where next_by is not null;
create index dossier_by_state_next on dossier (state, next_by, id) where next_by is not null;
create index dossier_by_procedure_next on dossier (procedure_code, next_by, id) where next_by is not null;
create index dossier_by_officer_next on dossier (officer, next_by, id) where next_by is not null;

-- `breaches`: JSON list of the rules that the step broke.
alter table dossier_event add column due_at bigint;
alter table dossier_event add column breaches text collate "C" not null default '[]';

-- The one new appointment that a dossier may get.
create table dossier_extension (
    dossier_id text collate "C" primary key references dossier (id),
    at bigint not null,
    due_before bigint not null,
    due_at bigint not null,
    is_late bigint not null,
    reason text collate "C" not null,
    account text collate "C" not null,
    agency text collate "C" not null
);
