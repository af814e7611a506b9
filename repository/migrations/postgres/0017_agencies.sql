-- Names of agencies one after the other, and the newest papers of each: for suggestions while someone types.
create index document_by_agency on document (agency, id) where agency is not null;
