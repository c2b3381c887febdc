-- An uploaded file and what was made of it.
create table assets (
    id           uuid primary key,
    owner_id     uuid not null,
    course_id    uuid not null,
    lecture_id   uuid not null,
    kind         text not null check (kind in ('video')),
    filename     text not null,
    state        text not null default 'uploading' check (state in ('uploading', 'probing', 'processing', 'ready', 'refused', 'failed')),
    progress     integer not null default 0 check (progress between 0 and 100),
    reason       text,
    detail       text,
    bytes        bigint check (bytes >= 0),
    stream_path  text,
    duration_ms  bigint check (duration_ms >= 0),
    width        integer check (width > 0),
    height       integer check (height > 0),
    stream_bytes bigint check (stream_bytes >= 0),
    renditions   jsonb not null default '[]',
    created_at   timestamptz not null,
    updated_at   timestamptz not null,
    check ((state = 'ready') = (stream_path is not null)),
    check ((state in ('refused', 'failed')) = (reason is not null))
);
create index assets_of_course on assets (course_id, owner_id, id desc);

-- A resumable upload (tus 1.0.0). What was received is on disk before it is here.
create table uploads (
    id           uuid primary key,
    asset_id     uuid not null unique references assets,
    owner_id     uuid not null,
    length       bigint not null check (length >= 0),
    received     bigint not null default 0,
    created_at   timestamptz not null,
    expires_at   timestamptz not null,
    completed_at timestamptz,
    check (received between 0 and length)
);
create index uploads_expiring on uploads (expires_at) where completed_at is null;

-- Whoever lost the lease can commit nothing: every report names the token, and the next lease has another.
create table jobs (
    id          uuid primary key,
    asset_id    uuid not null references assets,
    kind        text not null check (kind in ('stream')),
    state       text not null default 'queued' check (state in ('queued', 'leased', 'done', 'failed')),
    priority    integer not null default 0,
    attempts    integer not null default 0 check (attempts >= 0),
    not_before  timestamptz not null,
    worker      text,
    lease_token text,
    lease_until timestamptz,
    last_error  text,
    traceparent text,
    created_at  timestamptz not null,
    constraint jobs_one_of_a_kind unique (asset_id, kind),
    check ((state = 'leased') = (lease_token is not null and lease_until is not null))
);
create index jobs_waiting on jobs (priority desc, created_at) where state in ('queued', 'leased');

create table outbox (
    position     bigint generated always as identity primary key,
    id           uuid not null unique,
    type         text not null,
    subject      text not null,
    payload      bytea not null,
    created_at   timestamptz not null default now(),
    published_at timestamptz
);
create index outbox_unpublished on outbox (position) where published_at is null;
create index outbox_published on outbox (published_at) where published_at is not null;

create table inbox (
    consumer    text not null,
    event_id    uuid not null,
    received_at timestamptz not null default now(),
    primary key (consumer, event_id)
);
create index inbox_received on inbox (received_at);
