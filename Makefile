# Two commands on a fresh machine with Go and a shell: make run, make test.

.PHONY: run test build bench bench-compare

run: build
	./bin/laurel serve --demo

build:
	go build -trimpath -o bin/laurel ./cmd/laurel

test:
	./scripts/test

bench:
	go test -run '^$$' -bench . -benchmem ./ijson ./rdf ./jsonld ./dataintegrity ./vcjose ./schema ./verify

bench-compare:
	./scripts/bench-compare
