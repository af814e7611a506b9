-- The agency that brought the paper, and whose turn it is: the agency whose last claim is longest ago goes first within its class.
alter table job add column agency text not null default '';

create table agency_turn (
    agency text primary key,
    claim integer not null
) strict;

insert into agency_turn (agency, claim) values ('', 0);

drop index job_due;
create index job_due on job (priority, agency, due_at, id) where ended_at is null;
