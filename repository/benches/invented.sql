-- A store that has been in use for years, invented: papers {first} to {last}, five for each person, who brought them in one dossier; each was
-- read, confirmed, stored and looked at. Everything follows from the number of a paper, so that the database makes it itself.
--
-- Not here: stored bytes, and the thousands of words of each page; nothing that is asked for by an exact key reads them.
-- SQLite and PostgreSQL understand it alike. Keys sort before those that are made today.
begin;

create temporary table one as
with recursive number (i) as (select cast({first} as bigint) union all select i + 1 from number where i < {last})
select i,
    '01910000-0000-7000-8000-' || substr(cast(1000000000000 + i as text), 2) as paper,
    '01910000-0000-7000-9000-' || substr(cast(1000000000000 + (i - 1) / 5 as text), 2) as person,
    '01910000-0000-7000-a000-' || substr(cast(1000000000000 + (i - 1) / 5 as text), 2) as dossier,
    -- A man born between 1950 and 1999, registered at a place that there never was.
    '0000' || cast(50 + (i - 1) / 5 % 50 as text) || substr(cast(1000000 + (i - 1) / 250 as text), 2) as person_number,
    case i % 5 when 0 then 'CCCD' when 1 then 'KS' when 2 then 'DON' when 3 then 'HN' else 'QD' end as kind,
    substr(cast(100000000 + i as text), 2) as digits,
    -- No other paper has it, and neighbours lie far apart, as hashes do.
    substr(cast(10000000000 + i * 2654435761 % 4294967296 as text), 2) || '9a3c5e7f1b2d4c6e8f0a1b2c3d4e5f60718293a4b5c6d7e8f9a0b1' as hash
from number;

create temporary table step as
select 1 as number, 'receive' as step, 'received' as change
union all select 2, 'extract', 'extracted'
union all select 3, 'store', 'stored';

create temporary table entry as
select 0 as position, 'number' as name
union all select 1, 'full_name'
union all select 2, 'birth_date'
union all select 3, 'issued_on'
union all select 4, 'agency';

insert into subject (id, kind, number_kind, number, number_key, name, birth_date)
select person, 'citizen', 'citizen_id', person_number, person_number, 'Nguyễn Văn Mẫu', null
from one where i % 5 = 1;

insert into subject_number (number_kind, number, number_key, subject_id, added_at)
select 'citizen_id', person_number, person_number, person, i
from one where i % 5 = 1;

insert into dossier (id, code, code_key, procedure_code, procedure_name, subject_id, received_on, opened_at)
select dossier, 'H26.18-240105-' || digits, 'H2618240105' || digits, '1.004194', 'Đăng ký mẫu', person, '2024-01-05', i
from one where i % 5 = 1;

insert into document (id, code, code_key, state, document_type, title, number, number_key, issued_on, agency, subject_id,
    place_dossier_id, place_component, file_name, media_type, bytes, sha256, page_count, pages_read, trust_level, received_at,
    received_by, confirmed_at, confirmed_by, source_form, role, marked_by, marked_at)
select paper, kind || '-240105-' || digits, kind || '240105' || digits, 'stored', kind, 'Giấy tờ mẫu', digits || '/GM-UBND',
    digits || 'GMUBND', '2024-01-05', 'UBND phường Mẫu', person, dossier, 'giay-to-' || kind, 'quet.pdf', 'application/pdf', 250000,
    hash, 1, 1, 'signed_off', i, 'can.bo.thu', i, 'can.bo.thu', 'original', 'component', 'can.bo.thu', i
from one;

insert into document_subject (document_id, subject_id, role, position)
select paper, person, 'owner', 0
from one;

insert into component (dossier_id, key, position, name, required, submission, digitize_basis, document_id, filled_at)
select dossier, 'giay-to-' || kind, i % 5, 'Giấy tờ mẫu', 1, 'nop', 'ket_qua_truoc', paper, i
from one;

insert into data_key (document_id, sha256, master_key_id, wrapped, made_at)
select paper, hash, master_key.id, 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA', i
from one, master_key where counts = 1;

insert into page (document_id, pass, number, counts, state, reasons, source, width, height, dpi, rotation_degrees, labels, unread,
    image_sha256, read_at)
select paper, 1, 1, 1, 'done', '[]', 'scan', 2480, 3508, 300, 0, '[]', '[]', hash, i
from one;

insert into reading (document_id, pass, page_number, engine, engine_version, model, model_sha256, stages, lines, text, confidence)
select paper, 1, 1, 'invented', '1', 'vie', '', '[]', '[]', 'CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM', 95.0
from one;

insert into pass (document_id, number, document_type, title, finished_at)
select paper, 1, kind, 'Giấy tờ mẫu', i
from one;

insert into proposal (document_id, pass, key, position, value, source, confidence, written, doubts)
select paper, 1, entry.name, entry.position, 'giá trị ' || digits, 'ocr', 91.0, '', '[]'
from one, entry;

insert into field (document_id, key, position, value, source, confidence, proposed, proposed_source, proposed_confidence, confirmed_by,
    confirmed_at)
select paper, entry.name, entry.position, 'giá trị ' || digits, 'ocr', 91.0, 'giá trị ' || digits, 'ocr', 91.0, 'can.bo.thu', i
from one, entry;

insert into document_event (document_id, number, at, step, account, agency)
select paper, step.number, i, step.step, 'can.bo.thu', 'UBND phường Mẫu'
from one, step;

insert into job (document_id, attempts, claim, due_at, ended_at, agency)
select paper, 1, 1, 0, i, 'UBND phường Mẫu'
from one;

insert into change (number, at, kind, document_id)
select 3 * (i - 1) + step.number, i, step.change, paper
from one, step;

insert into access_entry (number, at, account, name, role, agency, unit, source, destination, action, purpose, document_id, owners,
    allowed, leaf, signature)
select 3 * (i - 1) + step.number, i, 'can.bo.thu', 'Nguyễn Thị Thử', 'counter_officer', 'UBND phường Mẫu', 'Bộ phận một cửa', '192.0.2.7',
    '127.0.0.1:8080 GET /documents/{id}', 'view', 'Tiếp nhận hồ sơ', paper, '["' || hash || '"]', 1, hash, hash || hash
from one, step;

insert into access_owner (subject_id, number, salt)
select person, 3 * (i - 1) + step.number, substr(hash, 1, 32)
from one, step;

insert into counter (name, value) values ('change', 3 * {last}), ('access_entry', 3 * {last})
on conflict (name) do update set value = excluded.value;

drop table one;
drop table step;
drop table entry;
commit;
