-- Codes that were wrong since the last right one, however long ago. Nobody else sets a password, so none has to be changed at the first sign-in.
alter table account add column wrong_codes bigint not null default 0;
alter table account drop column must_change;
