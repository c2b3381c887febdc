# Lyceum's verbs. `make run` is all that a newcomer needs.
.DEFAULT_GOAL := help
.PHONY: help setup build run stop status demo test contract fuzz bench faults sanitize leaks check clean
MAKEFLAGS += --no-print-directory

help:  ## this list
	@echo 'Lyceum. The verbs:'
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo 'LYCEUM_PORT_BASE=8400 make run moves all ports; POSTGRES_URL, MONGO_URL, ELASTICSEARCH_URL, REDIS_URL, RABBITMQ_URL'
	@echo 'and SMTP_URL point it at servers that are already there; OBJECT_STORE_URL=s3://… at a bucket, nanio at one of its own.'

setup:  ## install what is missing: Debian packages, Python parts, the demo clip
	@infra/setup/setup run

build:  ## build release with the static Swift runtime
	@infra/dev/build release

run:  ## everything: set up, build, start, seed; Ctrl-C ends it
	@exec infra/dev/run

stop:  ## end what make run started, also after a kill -9
	@infra/dev/stack down

status:  ## what runs, and how long
	@infra/dev/stack status

demo:  ## the story of a course, against the running stack
	@exec env PYTHONDONTWRITEBYTECODE=1 .dev/venv/bin/python infra/demo/story.py

test:  ## unit, architecture, integration and end-to-end tests on a stack of their own
	@exec infra/test/run

contract:  ## docs/openapi.yaml asked at random as nobody, student, instructor and admin: 5 min (LYCEUM_SEED repeats a run)
	@exec infra/test/run contract

fuzz:  ## libFuzzer on what reads bytes from outside (path, query, head, JSON): a minute after its build
	@exec infra/fuzz/run

bench:  ## the release build beside nginx, pgbench and the peers: requests a second, CPU a request, memory
	@exec infra/bench/run

faults:  ## each dependency killed, held, filled up or slow under load: at most 20 min (LYCEUM_SEED repeats a run)
	@exec infra/faults/run

sanitize:  ## the Swift tests under ThreadSanitizer and AddressSanitizer: some 40 min
	@exec infra/sanitizers/run

leaks:  ## the libraries' tests again and again under LeakSanitizer: nothing may grow
	@exec infra/sanitizers/leaks

check:  ## shell scripts, Python sources, Envoy's and nginx's configuration, the contract and the gateway's table
	@infra/test/check

clean:  ## remove builds and everything in .dev
	@infra/dev/clean
