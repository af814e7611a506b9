-- Scans that were set aside for a held paper are asked for by that paper when it shall be destroyed.
create index document_by_successor on document (superseded_by) where superseded_by is not null;
