# shellcheck shell=bash
# Tests drop indices and change passwords: their servers are their own, whatever the caller's environment names.
unset POSTGRES_URL MONGO_URL ELASTICSEARCH_URL REDIS_URL RABBITMQ_URL RABBITMQ_MANAGEMENT_URL SMTP_URL OBJECT_STORE_URL OTLP_URL OTEL_EXPORTER_OTLP_ENDPOINT
for name in "${!LYCEUM_@}"; do
    case $name in
        # Where things lie, which tests are built, how long they may take and what they draw from, and what is given to the tests by name.
        LYCEUM_DEV | LYCEUM_TESTS | LYCEUM_PATIENCE | LYCEUM_SEED | LYCEUM_MONGOD | LYCEUM_REDIS_SERVER | LYCEUM_VERSITYGW | LYCEUM_TEST_CLIP | LYCEUM_TEST_ELASTICSEARCH | LYCEUM_OTELCOL) ;;
        *) unset "$name" ;;
    esac
done
unset name
