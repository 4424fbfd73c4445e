package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/openlaurel/laurel/fetch"
)

// maxInput bounds what a command reads: the largest record measured (10,000 nested
// credentials) is 60 MB.
const maxInput = 128 << 20

// readInput reads a file, or standard input for "-".
func readInput(std streams, name string) ([]byte, error) {
	r := std.in
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return nil, &exitError{code: exitIO, err: fmt.Errorf("%s cannot be read: %w", name, cause(err))}
		}
		defer f.Close()
		r = f
	}
	data, err := io.ReadAll(io.LimitReader(r, maxInput+1))
	if err != nil {
		return nil, &exitError{code: exitIO, err: fmt.Errorf("%s cannot be read: %w", name, cause(err))}
	}
	if len(data) > maxInput {
		return nil, fmt.Errorf("%s is larger than %d MiB, the most one input may be", name, maxInput>>20)
	}
	return data, nil
}

// readOrFetch is readInput for commands whose input may also be an https address.
func readOrFetch(ctx context.Context, std streams, f fetch.Fetcher, name string) ([]byte, error) {
	if !strings.Contains(name, "://") {
		return readInput(std, name)
	}
	if f == nil {
		return nil, &exitError{code: exitIO, err: fmt.Errorf("%s is an address, and --offline fetches nothing", name)}
	}
	res, err := f.Fetch(ctx, name, "application/vc, application/ld+json, application/json, application/jwt, image/png, image/svg+xml, application/pdf")
	if err != nil {
		return nil, &exitError{code: exitIO, err: fmt.Errorf("%s cannot be fetched: %w", name, err)}
	}
	return res.Body, nil
}

// writeOutput writes a result to a file, or to standard output for "" and "-".
func writeOutput(std streams, name string, data []byte) error {
	if name == "" || name == "-" {
		_, err := std.out.Write(data)
		return err
	}
	if err := os.WriteFile(name, data, 0o644); err != nil {
		return &exitError{code: exitIO, err: fmt.Errorf("%s cannot be written: %w", name, cause(err))}
	}
	return nil
}

// cause strips the operation and path of a file error, which the sentence has already named.
func cause(err error) error {
	if e, ok := errors.AsType[*os.PathError](err); ok {
		return e.Err
	}
	return err
}
