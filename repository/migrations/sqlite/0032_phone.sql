-- Links by which one phone sends photographs of one paper. `hash` and `phone_hash` are hashes of secrets: that of the link, and that of the
-- browser which opened it; null: nobody did. `component` null: an outcome of the dossier. `maker` is who acts when the paper is filed, as
-- JSON. What was sent is the batch of the same id.
create table phone_link (
    id text primary key,
    hash text not null unique,
    phone_hash text,
    dossier_id text not null references dossier (id),
    component text,
    maker text not null,
    state text not null,
    made_at integer not null,
    ends_at integer not null,
    ended_at integer
) strict;

create index phone_link_by_dossier on phone_link (dossier_id, id);
-- Those that the program still has something to do with.
create index phone_link_by_state on phone_link (state, ends_at) where state in ('open', 'sent');

-- Pages that came and were not sent off yet, sealed under the key of their link.
create table phone_page (
    link_id text not null references phone_link (id),
    number integer not null,
    file_name text not null,
    bytes integer not null,
    sha256 text not null,
    primary key (link_id, number)
) strict;
