-- What was written down against using a paper goes when the paper is destroyed.
create index reuse_refusal_by_document on reuse_refusal (document_id);
