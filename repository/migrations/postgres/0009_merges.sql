-- Whoever takes a subject away must know that nothing refers to it, without reading all of them.
create index subject_by_merged_into on subject (merged_into);
create index subject_merge_by_from on subject_merge (from_id);
