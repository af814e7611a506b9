-- How ink lies on the page, as 64 signs: scans of one sheet are near each other. Pages that were read before have none.
alter table page add column picture_hash bigint;
