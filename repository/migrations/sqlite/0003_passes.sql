-- A paper is read in passes: the first when it comes in, another whenever someone asks for a better reading. Pages and readings of a
-- pass stand beside those of the passes before it; of each page one row counts, and which one changes only when a pass is finished.
create table page_of_pass (
    document_id text not null references document (id),
    pass integer not null,
    number integer not null,
    counts integer not null,
    state text not null,
    reasons text not null,
    source text not null,
    width integer not null,
    height integer not null,
    dpi integer not null,
    rotation_degrees integer not null,
    labels text not null,
    unread text not null,
    image_sha256 text,
    read_at integer not null,
    primary key (document_id, pass, number)
) strict;

insert into page_of_pass
select document_id, 1, number, 1, state, reasons, source, width, height, dpi, rotation_degrees, labels, unread, image_sha256,
    coalesce((select max(read_at) from reading
              where reading.document_id = page.document_id and reading.page_number = page.number),
             (select received_at from document where id = page.document_id))
from page;

-- `confidence` is the mean of the words, so that papers that were read badly can be found; null: no words.
create table reading_of_pass (
    document_id text not null,
    pass integer not null,
    page_number integer not null,
    engine text not null,
    engine_version text not null,
    model text not null,
    model_sha256 text not null,
    stages text not null,
    lines text not null,
    text text not null,
    confidence real,
    primary key (document_id, pass, page_number),
    foreign key (document_id, pass, page_number) references page_of_pass (document_id, pass, number)
) strict;

insert into reading_of_pass
select document_id, 1, page_number, engine, engine_version, model, model_sha256, stages, lines, text,
    (select avg(json_extract(word.value, '$.confidence'))
     from json_each(reading.lines) as line, json_each(line.value, '$.words') as word)
from reading
where id = (select max(id) from reading as other
            where other.document_id = reading.document_id and other.page_number = reading.page_number);

drop table reading;
drop table page;
alter table page_of_pass rename to page;
alter table reading_of_pass rename to reading;
create unique index page_that_counts on page (document_id, number) where counts = 1;
create index page_by_image on page (image_sha256);

-- What each finished pass proposed. It never changes; what a person makes of it stands in `document` and `field`.
create table pass (
    document_id text not null references document (id),
    number integer not null,
    document_type text not null,
    title text not null,
    type_evidence text,
    finished_at integer not null,
    primary key (document_id, number)
) strict;

create table proposal (
    document_id text not null,
    pass integer not null,
    key text not null,
    position integer not null,
    value text not null,
    source text not null,
    confidence real not null,
    page integer,
    region text,
    written text not null,
    doubts text not null,
    primary key (document_id, pass, key),
    foreign key (document_id, pass) references pass (document_id, number)
) strict;

insert into pass
select id, 1, document_type, title, type_evidence,
    coalesce((select max(read_at) from page where page.document_id = document.id), received_at)
from document where state in ('extracted', 'stored');

insert into proposal
select document_id, 1, key, position, proposed, proposed_source, proposed_confidence, page, region, written, doubts
from field
where proposed is not null and document_id in (select document_id from pass);

-- Why a value whose check fails was confirmed all the same.
alter table field add column reason text;

-- `priority`: 0 counter, 1 import, 2 re-reading; smaller goes first. `model`: the one asked for; null: whichever is configured.
-- `last_error` of an ended job: why a re-reading came to nothing.
alter table job add column priority integer not null default 0;
alter table job add column model text;
alter table job add column pass integer not null default 1;
alter table job add column page_count integer;
drop index job_due;
create index job_due on job (priority, due_at, id) where ended_at is null;
