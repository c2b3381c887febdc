/// The tables that a PostgreSQL service needs to tell of events and to hear of them, as its first migration writes them.
public enum EventTables {
    /// PostgreSQL 15. Copy it into the service's `0001` migration: migrations are never made from code that may change.
    public static let postgres = """
        create table outbox (
            position bigint generated always as identity primary key,
            id uuid not null unique,
            type text not null,
            subject text not null,
            payload bytea not null,
            created_at timestamptz not null default now(),
            published_at timestamptz
        );
        create index outbox_unpublished on outbox (position) where published_at is null;
        create index outbox_published on outbox (published_at) where published_at is not null;

        create table inbox (
            consumer text not null,
            event_id uuid not null,
            received_at timestamptz not null default now(),
            primary key (consumer, event_id)
        );
        create index inbox_received on inbox (received_at);
        """
}
