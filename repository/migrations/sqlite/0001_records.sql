-- Times are microseconds since 1970 in UTC, days are YYYY-MM-DD, keys are UUIDv7 as text (so they sort by time of making),
-- lists that are only shown are JSON text. Words of enumerations are those of the JSON API.

-- Numbers without gaps: they are taken inside the transaction that uses them.
create table counter (
    name text primary key,
    value integer not null
) strict;

create table procedure (
    code text not null,
    valid_from text not null,
    name text not null,
    field text not null,
    agency_level text not null,
    primary key (code, valid_from)
) strict;

create table procedure_component (
    procedure_code text not null,
    procedure_valid_from text not null,
    position integer not null,
    key text not null,
    name text not null,
    document_types text not null,
    required integer not null,
    originals integer not null,
    copies integer not null,
    submission text not null,
    digitize_basis text,
    primary key (procedure_code, procedure_valid_from, key),
    foreign key (procedure_code, procedure_valid_from) references procedure (code, valid_from)
) strict;

create table subject (
    id text primary key,
    kind text not null,
    number_kind text not null,
    number text not null,
    number_key text not null,
    name text not null,
    birth_date text,
    unique (number_kind, number)
) strict;

create index subject_by_number_key on subject (number_key);

create table dossier (
    id text primary key,
    code text not null unique,
    code_key text not null,
    procedure_code text not null,
    procedure_name text not null,
    subject_id text not null references subject (id),
    received_on text not null,
    opened_at integer not null
) strict;

create index dossier_by_code_key on dossier (code_key);
create index dossier_by_subject on dossier (subject_id, id);

create table document (
    id text primary key,
    code text unique,
    code_key text,
    state text not null,
    document_type text not null,
    title text not null,
    number text,
    number_key text,
    issued_on text,
    valid_until text,
    agency text,
    subject_id text references subject (id),
    place_dossier_id text references dossier (id),
    place_component text,
    file_name text not null,
    media_type text not null,
    bytes integer not null,
    sha256 text not null unique,
    page_count integer,
    pages_read integer not null default 0,
    pages_to_review integer not null default 0,
    problem text,
    trust_level text,
    received_at integer not null,
    received_by text not null,
    confirmed_at integer,
    confirmed_by text
) strict;

create index document_by_state on document (state, id);
create index document_by_subject on document (subject_id, id);
create index document_by_place on document (place_dossier_id);
create index document_by_code_key on document (code_key);
create index document_by_number_key on document (number_key);

-- What the procedure asked for on the day the dossier was opened: later versions of the procedure do not change it.
create table component (
    dossier_id text not null references dossier (id),
    key text not null,
    position integer not null,
    name text not null,
    required integer not null,
    submission text not null,
    digitize_basis text,
    document_id text references document (id),
    filled_at integer,
    primary key (dossier_id, key)
) strict;

create index component_by_document on component (document_id);

create table outcome (
    dossier_id text not null references dossier (id),
    document_id text not null references document (id),
    filed_at integer not null,
    primary key (dossier_id, document_id)
) strict;

create index outcome_by_document on outcome (document_id);

create table page (
    document_id text not null references document (id),
    number integer not null,
    state text not null,
    reasons text not null,
    source text not null,
    width integer not null,
    height integer not null,
    dpi integer not null,
    rotation_degrees integer not null,
    labels text not null,
    image_sha256 text,
    primary key (document_id, number)
) strict;

create index page_by_image on page (image_sha256);

-- A new reading is added beside the old ones; the newest counts.
create table reading (
    id integer primary key autoincrement,
    document_id text not null,
    page_number integer not null,
    engine text not null,
    engine_version text not null,
    model text not null,
    model_sha256 text not null,
    lines text not null,
    text text not null,
    read_at integer not null,
    foreign key (document_id, page_number) references page (document_id, number)
) strict;

create index reading_by_page on reading (document_id, page_number, id);

-- `proposed*` is what the machine said and never changes; `value` is null when a person left the field out.
create table field (
    document_id text not null references document (id),
    key text not null,
    position integer not null,
    value text,
    source text not null,
    confidence real not null,
    proposed text,
    proposed_source text,
    proposed_confidence real,
    page integer,
    region text,
    confirmed_by text,
    confirmed_at integer,
    primary key (document_id, key)
) strict;

create table change (
    number integer primary key,
    at integer not null,
    kind text not null,
    document_id text not null references document (id)
) strict;

-- No foreign keys: the log outlives what it speaks of, and also tells of attempts on what does not exist.
create table access_entry (
    number integer primary key autoincrement,
    at integer not null,
    account text not null,
    name text not null,
    agency text not null,
    role text not null,
    action text not null,
    purpose text not null,
    document_id text,
    subject_id text,
    allowed integer not null
) strict;

create index access_entry_by_document on access_entry (document_id, number);
create index access_entry_by_subject on access_entry (subject_id, number);

-- `due_at` is when the job may be claimed: for a waiting job the end of its delay, for a running one the end of its lease.
create table job (
    id integer primary key autoincrement,
    document_id text not null unique references document (id),
    attempts integer not null default 0,
    claim integer not null default 0,
    worker text,
    due_at integer not null,
    last_error text,
    ended_at integer
) strict;

create index job_due on job (due_at, id) where ended_at is null;
