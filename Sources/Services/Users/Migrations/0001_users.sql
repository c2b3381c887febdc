create table users (
    id            uuid primary key,
    -- Lower-case, as it is compared; as it was sent, for mail.
    email         text not null,
    email_sent    text not null,
    verified_at   timestamptz,
    display_name  text not null check (length(display_name) between 1 and 100),
    locale        text not null,
    time_zone     text not null default 'UTC',
    state         text not null default 'pending' check (state in ('pending', 'active', 'suspended', 'erased')),
    wants_to_teach boolean not null default false,
    token_version integer not null default 0,
    revision      bigint not null default 1,
    created_at    timestamptz not null,
    constraint users_email unique (email),
    check (email = lower(email)),
    check (state <> 'active' or verified_at is not null)
);

create table credentials (
    user_id    uuid not null references users,
    kind       text not null check (kind in ('password')),
    id         uuid not null,
    secret     text not null,
    updated_at timestamptz not null,
    primary key (user_id, kind, id)
);
create unique index credentials_one_password on credentials (user_id) where kind = 'password';

create table roles (
    user_id    uuid not null references users,
    role       text not null check (role in ('student', 'instructor', 'support', 'admin')),
    granted_at timestamptz not null,
    primary key (user_id, role)
);

-- One row a refresh token. A family is a sign-in: using a token that was rotated already ends all of it.
create table sessions (
    user_id         uuid not null references users,
    id              uuid not null,
    family          uuid not null,
    token_hash      bytea not null check (length(token_hash) = 32),
    rotated_from    uuid,
    device          text not null default '',
    created_at      timestamptz not null,
    expires_at      timestamptz not null,
    rotated_at      timestamptz,
    revoked_at      timestamptz,
    revoked_because text check (revoked_because in ('sign-out', 'reuse', 'suspended')),
    primary key (user_id, id),
    constraint sessions_token unique (token_hash),
    check ((revoked_at is null) = (revoked_because is null))
);
create index sessions_of_family on sessions (user_id, family);
create index sessions_expiring on sessions (expires_at);

create table one_time_tokens (
    hash       bytea primary key check (length(hash) = 32),
    user_id    uuid not null references users,
    purpose    text not null check (purpose in ('verify-email')),
    expires_at timestamptz not null,
    used_at    timestamptz
);
create index one_time_tokens_expiring on one_time_tokens (expires_at);

-- Failed sign-ins of an address, known or not: the answer to both is the same.
create table sign_in_failures (
    address_hash bytea primary key check (length(address_hash) = 32),
    count        integer not null check (count > 0),
    since        timestamptz not null
);

-- Mails that were asked for with an address, known or not: the answer to both is the same.
create table mail_requests (
    address_hash bytea primary key check (length(address_hash) = 32),
    count        integer not null check (count > 0),
    since        timestamptz not null
);

create table audit (
    user_id uuid not null,
    id      uuid not null,
    what    text not null,
    at      timestamptz not null,
    primary key (user_id, id)
);

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
