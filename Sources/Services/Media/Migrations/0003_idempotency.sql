-- The first answer to each request that came with an Idempotency-Key, for a day.
create table idempotency (
    user_id     uuid not null,
    route       text not null,
    key         text not null check (length(key) between 1 and 255),
    fingerprint bytea not null check (length(fingerprint) = 32),
    status      smallint not null check (status between 200 and 299),
    headers     text not null,
    body        bytea not null,
    created_at  timestamptz not null default now(),
    primary key (user_id, route, key)
);
create index idempotency_created on idempotency (created_at);
