-- What no other printed cover sheet carries: the same sheets scanned once more are known by it.
alter table batch_paper add column cover_serial text;

create index batch_paper_by_cover on batch_paper (cover_serial) where cover_serial is not null;
