-- Working days, and by when each step of a dossier has to be done.

-- Lists of days off and made-up days, one for each year; a year that has none is not known beyond its fixed public holidays.
create table calendar_year (
    year integer primary key,
    source text not null,
    loaded_at integer not null,
    loaded_by text not null
) strict;

create table calendar_day (
    day text primary key,
    year integer not null references calendar_year (year),
    is_working integer not null,
    name text not null
) strict;

create index calendar_day_by_year on calendar_day (year);

-- Sessions of a working day, HH:MM:SS; none: the usual ones.
create table office_session (
    begins text primary key,
    ends text not null
) strict;

-- `term`: JSON, null: the catalogue does not say. `cut_off`: HH:MM:SS, null: there is none.
alter table procedure add column term text;
alter table procedure add column cut_off text;

-- `next_by`: deadline of the next step of an open dossier; 2^63-2: it waits for its owner; 2^63-1: it has none; null: it is not open.
-- `officer`: who did the last step.
alter table dossier add column counted_from integer;
alter table dossier add column hand_over_by integer;
alter table dossier add column notice_by integer;
alter table dossier add column due_at integer;
alter table dossier add column next_by integer;
alter table dossier add column officer text;

update dossier set next_by = case when state in ('supplement_asked', 'payment_asked') then 9223372036854775806
        else 9223372036854775807 end
    where state not in ('refused', 'withdrawn', 'delivered');

create index dossier_by_next on dossier (next_by, id) where next_by is not null;
create index dossier_by_state_next on dossier (state, next_by, id) where next_by is not null;
create index dossier_by_procedure_next on dossier (procedure_code, next_by, id) where next_by is not null;
create index dossier_by_officer_next on dossier (officer, next_by, id) where next_by is not null;

-- `breaches`: JSON list of the rules that the step broke.
alter table dossier_event add column due_at integer;
alter table dossier_event add column breaches text not null default '[]';

-- The one new appointment that a dossier may get.
create table dossier_extension (
    dossier_id text primary key references dossier (id),
    at integer not null,
    due_before integer not null,
    due_at integer not null,
    is_late integer not null,
    reason text not null,
    account text not null,
    agency text not null
) strict;
