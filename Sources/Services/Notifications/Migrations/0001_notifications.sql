-- Every mail that was ever to be sent, with what became of it. No address, no name: they are asked for when the mail is made.
create table deliveries (
    id          uuid primary key,
    event_id    uuid not null,
    kind        text not null check (kind in ('verify-email', 'already-registered', 'welcome-to-course', 'video-refused')),
    user_id     uuid not null,
    facts       jsonb not null,
    state       text not null default 'queued' check (state in ('queued', 'sent', 'failed', 'dropped')),
    attempts    integer not null default 0 check (attempts >= 0),
    next_at     timestamptz not null,
    created_at  timestamptz not null,
    ended_at    timestamptz,
    answer_code integer,
    answer_text text,
    traceparent text,
    -- One event causes one mail of a kind.
    constraint deliveries_once unique (event_id, kind),
    check ((state = 'queued') = (ended_at is null))
);
create index deliveries_due on deliveries (next_at) where state = 'queued';
create index deliveries_of_user on deliveries (user_id, id desc);

create table inbox (
    consumer    text not null,
    event_id    uuid not null,
    received_at timestamptz not null default now(),
    primary key (consumer, event_id)
);
create index inbox_received on inbox (received_at);
