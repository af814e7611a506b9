-- The state of migrations/sqlite at 0003, for PostgreSQL.
--
-- Times are microseconds since 1970 in UTC, days are YYYY-MM-DD, keys are UUIDv7 as text (so they sort by time of making),
-- lists that are only shown are JSON text. Words of enumerations are those of the JSON API. Yes and no are 1 and 0. Texts sort by their
-- bytes, as in SQLite: every text column says so, and a test looks.

-- Numbers without gaps: they are taken inside the transaction that uses them.
create table counter (
    name text collate "C" primary key,
    value bigint not null
);

create table procedure (
    code text collate "C" not null,
    valid_from text collate "C" not null,
    name text collate "C" not null,
    field text collate "C" not null,
    agency_level text collate "C" not null,
    primary key (code, valid_from)
);

create table procedure_component (
    procedure_code text collate "C" not null,
    procedure_valid_from text collate "C" not null,
    position bigint not null,
    key text collate "C" not null,
    name text collate "C" not null,
    document_types text collate "C" not null,
    required bigint not null,
    originals bigint not null,
    copies bigint not null,
    submission text collate "C" not null,
    digitize_basis text collate "C",
    primary key (procedure_code, procedure_valid_from, key),
    foreign key (procedure_code, procedure_valid_from) references procedure (code, valid_from)
);

create table subject (
    id text collate "C" primary key,
    kind text collate "C" not null,
    number_kind text collate "C" not null,
    number text collate "C" not null,
    number_key text collate "C" not null,
    name text collate "C" not null,
    birth_date text collate "C",
    unique (number_kind, number)
);

create index subject_by_number_key on subject (number_key);

create table dossier (
    id text collate "C" primary key,
    code text collate "C" not null unique,
    code_key text collate "C" not null,
    procedure_code text collate "C" not null,
    procedure_name text collate "C" not null,
    subject_id text collate "C" not null references subject (id),
    received_on text collate "C" not null,
    opened_at bigint not null
);

create index dossier_by_code_key on dossier (code_key);
create index dossier_by_subject on dossier (subject_id, id);

create table document (
    id text collate "C" primary key,
    code text collate "C" unique,
    code_key text collate "C",
    state text collate "C" not null,
    document_type text collate "C" not null,
    title text collate "C" not null,
    number text collate "C",
    number_key text collate "C",
    issued_on text collate "C",
    valid_until text collate "C",
    agency text collate "C",
    subject_id text collate "C" references subject (id),
    place_dossier_id text collate "C" references dossier (id),
    place_component text collate "C",
    file_name text collate "C" not null,
    media_type text collate "C" not null,
    bytes bigint not null,
    sha256 text collate "C" not null unique,
    page_count bigint,
    pages_read bigint not null default 0,
    pages_to_review bigint not null default 0,
    problem text collate "C",
    trust_level text collate "C",
    received_at bigint not null,
    received_by text collate "C" not null,
    confirmed_at bigint,
    confirmed_by text collate "C",
    type_evidence text collate "C"
);

create index document_by_state on document (state, id);
create index document_by_subject on document (subject_id, id);
create index document_by_place on document (place_dossier_id);
create index document_by_code_key on document (code_key);
create index document_by_number_key on document (number_key);

-- What the procedure asked for on the day the dossier was opened: later versions of the procedure do not change it.
create table component (
    dossier_id text collate "C" not null references dossier (id),
    key text collate "C" not null,
    position bigint not null,
    name text collate "C" not null,
    required bigint not null,
    submission text collate "C" not null,
    digitize_basis text collate "C",
    document_id text collate "C" references document (id),
    filled_at bigint,
    primary key (dossier_id, key)
);

create index component_by_document on component (document_id);

create table outcome (
    dossier_id text collate "C" not null references dossier (id),
    document_id text collate "C" not null references document (id),
    filed_at bigint not null,
    primary key (dossier_id, document_id)
);

create index outcome_by_document on outcome (document_id);

-- A paper is read in passes: the first when it comes in, another whenever someone asks for a better reading. Pages and readings of a
-- pass stand beside those of the passes before it; of each page one row counts, and which one changes only when a pass is finished.
create table page (
    document_id text collate "C" not null references document (id),
    pass bigint not null,
    number bigint not null,
    counts bigint not null,
    state text collate "C" not null,
    reasons text collate "C" not null,
    source text collate "C" not null,
    width bigint not null,
    height bigint not null,
    dpi bigint not null,
    rotation_degrees bigint not null,
    labels text collate "C" not null,
    unread text collate "C" not null,
    image_sha256 text collate "C",
    read_at bigint not null,
    primary key (document_id, pass, number)
);

create unique index page_that_counts on page (document_id, number) where counts = 1;
create index page_by_image on page (image_sha256);

-- `confidence` is the mean of the words, so that papers that were read badly can be found; null: no words.
create table reading (
    document_id text collate "C" not null,
    pass bigint not null,
    page_number bigint not null,
    engine text collate "C" not null,
    engine_version text collate "C" not null,
    model text collate "C" not null,
    model_sha256 text collate "C" not null,
    stages text collate "C" not null,
    lines text collate "C" not null,
    text text collate "C" not null,
    confidence double precision,
    primary key (document_id, pass, page_number),
    foreign key (document_id, pass, page_number) references page (document_id, pass, number)
);

-- What each finished pass proposed. It never changes; what a person makes of it stands in `document` and `field`.
create table pass (
    document_id text collate "C" not null references document (id),
    number bigint not null,
    document_type text collate "C" not null,
    title text collate "C" not null,
    type_evidence text collate "C",
    finished_at bigint not null,
    primary key (document_id, number)
);

create table proposal (
    document_id text collate "C" not null,
    pass bigint not null,
    key text collate "C" not null,
    position bigint not null,
    value text collate "C" not null,
    source text collate "C" not null,
    confidence double precision not null,
    page bigint,
    region text collate "C",
    written text collate "C" not null,
    doubts text collate "C" not null,
    primary key (document_id, pass, key),
    foreign key (document_id, pass) references pass (document_id, number)
);

-- `proposed*` is what the machine said and never changes; `value` is null when a person left the field out; `reason`: why a value whose
-- check fails was confirmed all the same.
create table field (
    document_id text collate "C" not null references document (id),
    key text collate "C" not null,
    position bigint not null,
    value text collate "C",
    source text collate "C" not null,
    confidence double precision not null,
    proposed text collate "C",
    proposed_source text collate "C",
    proposed_confidence double precision,
    page bigint,
    region text collate "C",
    confirmed_by text collate "C",
    confirmed_at bigint,
    written text collate "C" not null default '',
    doubts text collate "C" not null default '[]',
    reason text collate "C",
    primary key (document_id, key)
);

create table change (
    number bigint primary key,
    at bigint not null,
    kind text collate "C" not null,
    document_id text collate "C" not null references document (id)
);

-- No foreign keys: the log outlives what it speaks of, and also tells of attempts on what does not exist.
create table access_entry (
    number bigint primary key,
    at bigint not null,
    account text collate "C" not null,
    name text collate "C" not null,
    agency text collate "C" not null,
    role text collate "C" not null,
    action text collate "C" not null,
    purpose text collate "C" not null,
    document_id text collate "C",
    subject_id text collate "C",
    allowed bigint not null
);

create index access_entry_by_document on access_entry (document_id, number);
create index access_entry_by_subject on access_entry (subject_id, number);

-- `due_at` is when the job may be claimed: for a waiting job the end of its delay, for a running one the end of its lease.
-- `priority`: 0 counter, 1 import, 2 re-reading; smaller goes first. `model`: the one asked for; null: whichever is configured.
-- `last_error` of an ended job: why a re-reading came to nothing.
create table job (
    id bigint generated always as identity primary key,
    document_id text collate "C" not null unique references document (id),
    attempts bigint not null default 0,
    claim bigint not null default 0,
    worker text collate "C",
    due_at bigint not null,
    last_error text collate "C",
    ended_at bigint,
    priority bigint not null default 0,
    model text collate "C",
    pass bigint not null default 1,
    page_count bigint
);

create index job_due on job (priority, due_at, id) where ended_at is null;
