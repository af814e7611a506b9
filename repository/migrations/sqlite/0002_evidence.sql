-- What a reading went through, what it left unread, and what each proposal rests on.
alter table page add column unread text not null default '[]';
alter table reading add column stages text not null default '[]';
alter table field add column written text not null default '';
alter table field add column doubts text not null default '[]';
alter table document add column type_evidence text;
