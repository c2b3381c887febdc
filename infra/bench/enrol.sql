-- What enrolling writes, without anything around it: the enrollment, its grant, the event, and the answer under the request's key.
\set s random(1, 1000)
\set c random(30, 8000)
BEGIN;
INSERT INTO enrollments (user_id, course_id, version_id, enrolled_at)
    VALUES (('01900000-0000-7000-b000-' || lpad(to_hex(:s::int), 12, '0'))::uuid, ('01900000-0000-7000-8000-' || lpad(to_hex(:c::int), 12, '0'))::uuid,
        ('01900000-0000-7000-a000-' || lpad(to_hex(:c::int), 12, '0'))::uuid, now()) ON CONFLICT DO NOTHING;
INSERT INTO grants (user_id, course_id, id, kind, source_kind, source_id, valid_from)
    VALUES (('01900000-0000-7000-b000-' || lpad(to_hex(:s::int), 12, '0'))::uuid, ('01900000-0000-7000-8000-' || lpad(to_hex(:c::int), 12, '0'))::uuid,
        gen_random_uuid(), 'free', 'free', (:c::int)::text, now()) ON CONFLICT DO NOTHING;
INSERT INTO outbox (id, type, subject, payload, published_at) VALUES (gen_random_uuid(), 'lyceum.enrollment.granted.v1', 'bench', repeat('x', 400)::bytea, now());
INSERT INTO idempotency (user_id, route, key, fingerprint, status, headers, body)
    VALUES (('01900000-0000-7000-b000-' || lpad(to_hex(:s::int), 12, '0'))::uuid, 'POST /v1/enrollments', gen_random_uuid()::text, sha256(''), 201,
        repeat('x', 100), repeat('x', 350)::bytea);
COMMIT;
