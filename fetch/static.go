package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/openlaurel/laurel/ijson"
)

// Static answers URLs from memory and nothing else: the documents of tests, of `--documents`, of an air-gapped verifier.
// A URL whose value is nil fails as unreachable, a URL that is absent as Offline.
type Static map[string][]byte

var _ Fetcher = Static(nil)

// Fetch answers from the map. A fragment is no part of what is asked for.
func (s Static) Fetch(_ context.Context, url, _ string) (*Response, error) {
	body, ok := s[url]
	if !ok {
		url, _, _ = strings.Cut(url, "#")
		body, ok = s[url]
	}
	switch {
	case !ok:
		return nil, &Error{URL: url, Reason: Offline}
	case body == nil:
		return nil, &Error{URL: url, Reason: Unreachable}
	}
	return &Response{URL: url, Body: body}, nil
}

// Over returns a fetcher that answers from s what s knows, and asks next for the rest.
func (s Static) Over(next Fetcher) Fetcher { return overlay{s, next} }

type overlay struct {
	static Static
	next   Fetcher
}

func (o overlay) Fetch(ctx context.Context, url, accept string) (*Response, error) {
	resp, err := o.static.Fetch(ctx, url, accept)
	var failed *Error
	if errors.As(err, &failed) && failed.Reason == Offline {
		return o.next.Fetch(ctx, url, accept)
	}
	return resp, err
}

const (
	// maxMap bounds a documents file: 10,000 URLs of 400 characters.
	maxMap = 8 << 20
	// maxDocument bounds one file of it, as the network would.
	maxDocument = MaxList
)

// LoadDocuments reads a documents file: a JSON object whose names are URLs and whose values are the paths of the files
// that answer them, relative to the documents file; null makes the URL fail to load.
func LoadDocuments(mapFile string) (Static, error) {
	src, err := readLimited(mapFile, maxMap)
	if err != nil {
		return nil, err
	}
	doc, err := ijson.Parse(src, &ijson.Options{MaxBytes: maxMap})
	if err != nil {
		return nil, fmt.Errorf("fetch: %s: %w", mapFile, err)
	}
	if doc.Root().Kind() != ijson.Object {
		return nil, fmt.Errorf("fetch: %s: a documents file is one JSON object of URLs and paths", mapFile)
	}
	static := Static{}
	for url, path := range doc.Root().Members() {
		switch path.Kind() {
		case ijson.Null:
			static[url] = nil
		case ijson.String:
			name := path.Text()
			if !filepath.IsAbs(name) {
				name = filepath.Join(filepath.Dir(mapFile), filepath.FromSlash(name))
			}
			body, err := readLimited(name, maxDocument)
			if err != nil {
				return nil, fmt.Errorf("fetch: %s: document of %s: %w", mapFile, url, err)
			}
			static[url] = body
		default:
			return nil, fmt.Errorf("fetch: %s: the value of %s is neither a path nor null", mapFile, url)
		}
	}
	return static, nil
}

// readLimited returns a non-nil slice also for an empty file.
func readLimited(name string, limit int64) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err != nil {
		return nil, err
	}
	if int64(len(b)) > limit {
		return nil, fmt.Errorf("%s has more than %d bytes", name, limit)
	}
	return b, nil
}
