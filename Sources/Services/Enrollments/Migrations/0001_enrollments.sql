-- What the courses service told: all that is needed of a course to enrol in it and to measure progress.
create table course_facts (
    course_id      uuid primary key,
    revision       bigint not null check (revision >= 0),
    version_id     uuid not null,
    title          text not null,
    state          text not null check (state in ('published', 'unlisted', 'archived')),
    price_amount   bigint check (price_amount >= 0),
    price_currency text check (price_currency ~ '^[A-Z]{3}$'),
    instructor_ids uuid[] not null default '{}',
    check ((price_amount is null) = (price_currency is null))
);

-- The lectures of each version that was ever live: an enrollment stays on the version that it began with.
create table course_lectures (
    course_id        uuid not null references course_facts on delete cascade,
    version_id       uuid not null,
    lecture_id       uuid not null,
    position         integer not null check (position >= 0),
    kind             text not null check (kind in ('video', 'article', 'resource')),
    duration_seconds integer check (duration_seconds >= 0),
    is_preview       boolean not null,
    primary key (course_id, version_id, lecture_id)
);

create table enrollments (
    user_id          uuid not null,
    course_id        uuid not null references course_facts,
    version_id       uuid not null,
    state            text not null default 'active' check (state in ('active', 'completed', 'suspended', 'withdrawn')),
    enrolled_at      timestamptz not null,
    last_activity_at timestamptz,
    primary key (user_id, course_id)
);
-- My courses, last studied first.
create index enrollments_by_activity on enrollments (user_id, (coalesce(last_activity_at, enrolled_at)) desc, course_id desc);

create table grants (
    user_id         uuid not null,
    course_id       uuid not null,
    id              uuid not null,
    kind            text not null check (kind in ('free', 'purchase', 'subscription', 'gift', 'seat', 'staff')),
    source_kind     text not null,
    source_id       text not null,
    valid_from      timestamptz not null,
    valid_until     timestamptz check (valid_until > valid_from),
    revoked_at      timestamptz,
    revoked_because text,
    primary key (user_id, course_id, id),
    -- The same payment, gift or free enrolment grants once.
    constraint grants_once unique (source_kind, source_id, user_id, course_id),
    foreign key (user_id, course_id) references enrollments,
    check ((revoked_at is null) = (revoked_because is null))
);

create table progress (
    user_id          uuid not null,
    course_id        uuid not null,
    lecture_id       uuid not null,
    watched          int4multirange not null default '{}',
    position_seconds integer not null default 0 check (position_seconds between 0 and 86400),
    completed_at     timestamptz,
    completed_by     text check (completed_by in ('watched', 'said')),
    updated_at       timestamptz not null,
    primary key (user_id, course_id, lecture_id),
    foreign key (user_id, course_id) references enrollments,
    check ((completed_at is null) = (completed_by is null))
);

create table completions (
    user_id      uuid not null,
    course_id    uuid not null,
    completed_at timestamptz not null,
    primary key (user_id, course_id),
    foreign key (user_id, course_id) references enrollments
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
