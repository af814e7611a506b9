-- Khai thác: what an account of an agency was told for one case. It stays as long as the log does: it says who asked for what, and why.

-- `case_code`: of a dossier here, or of another system. `subject_id`: null when nobody was known, or once the last paper was destroyed. `ends_at`: until when the papers may be looked at and taken.
create table look_up (
    id text primary key,
    login text not null,
    agency text not null,
    agency_key text not null,
    case_code text not null,
    procedure_code text not null,
    basis text not null,
    subject_id text,
    at integer not null,
    ends_at integer not null
) strict;

create index look_up_by_login on look_up (login, at);
create index look_up_by_subject on look_up (subject_id);

-- Papers that were told, by the component that they count for.
create table look_up_paper (
    look_up_id text not null references look_up (id),
    component_key text not null,
    document_id text not null,
    taken_at integer,
    primary key (look_up_id, component_key, document_id)
) strict;

create index look_up_paper_by_document on look_up_paper (document_id);

-- SHA-256 of the client certificate over which alone a key is accepted (RFC 8705); null: over any connection.
alter table program_key add column certificate_sha256 text;
