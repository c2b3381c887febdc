-- What the client said of an upload, word for word: tus answers HEAD with it.
alter table uploads add column metadata text not null default '';
-- All bytes are safe, but the end was not written: found again after a crash.
create index uploads_unfinished on uploads (expires_at) where completed_at is null and received = length;
