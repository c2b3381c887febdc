-- What enrolling writes, without anything around it: the enrollment, its grant, the event.
\set s random(1, 1000)
\set c random(30, 8000)
BEGIN;
INSERT INTO enrollments (user_id, course_id, version_id, enrolled_at)
    VALUES (('01900000-0000-7000-b000-' || lpad(to_hex(:s), 12, '0'))::uuid, ('01900000-0000-7000-8000-' || lpad(to_hex(:c), 12, '0'))::uuid,
        ('01900000-0000-7000-a000-' || lpad(to_hex(:c), 12, '0'))::uuid, now()) ON CONFLICT DO NOTHING;
INSERT INTO grants (user_id, course_id, id, kind, source_kind, source_id, valid_from)
    VALUES (('01900000-0000-7000-b000-' || lpad(to_hex(:s), 12, '0'))::uuid, ('01900000-0000-7000-8000-' || lpad(to_hex(:c), 12, '0'))::uuid,
        gen_random_uuid(), 'free', 'free', :c::text, now()) ON CONFLICT DO NOTHING;
INSERT INTO outbox (id, type, subject, payload, published_at) VALUES (gen_random_uuid(), 'lyceum.enrollment.granted.v1', 'bench', repeat('x', 400)::bytea, now());
COMMIT;
