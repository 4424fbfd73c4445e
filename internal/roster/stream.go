package roster

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"path"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"github.com/openlaurel/laurel/internal/record"
)

// maxCatalogue bounds the achievements of one streamed sheet, which are held in memory: several universities' catalogues.
const maxCatalogue = 200_000

// Opener opens a file from its start; it is called once for each pass.
type Opener func() (io.ReadCloser, error)

// Stream reads a CSV sheet of any length in parts, in memory that does not grow with its rows: what must be known of the
// whole (dates, grades, the catalogue) is found out in passes over the file.
type Stream struct{ r *simple }

// OpenStream surveys a sheet. The options are those of Read.
func OpenStream(ctx context.Context, name string, open Opener, opts *Options) (*Stream, error) {
	g, err := streamGrid(name, open)
	if err != nil {
		return nil, record.Wrap("roster.OpenStream", err)
	}
	r, err := newSimple(ctx, g, opts)
	if err != nil {
		return nil, record.Wrap("roster.OpenStream", err)
	}
	if err := r.learnCatalogue(ctx); err != nil {
		r.closer.Close() // the error says more than closing could
		return nil, record.Wrap("roster.OpenStream", err)
	}
	return &Stream{r}, nil
}

// Rows is how many rows the sheet has.
func (s *Stream) Rows() int { return s.r.total }

// Notes are the findings about the sheet as a whole.
func (s *Stream) Notes() []record.Finding {
	s.r.fresh()
	s.r.say0(s.r.grid)
	return s.r.table.Findings
}

// Skip goes past the first n rows, which were read before.
func (s *Stream) Skip(n int) error {
	for s.r.at < min(n, s.r.total) {
		if _, err := s.r.next(); err != nil {
			return err
		}
		s.r.at++
	}
	return nil
}

// Next reads up to n rows as a table of their own. Its achievements are complete: they are what the whole sheet says. At
// the end the error is io.EOF. Rows that repeat one of another part are not told; the caller knows what it has seen.
func (s *Stream) Next(ctx context.Context, n int) (*Table, error) {
	r := s.r
	r.fresh()
	got, err := r.read(ctx, n)
	if err != nil {
		return nil, record.Wrap("roster.Next", err)
	}
	if got == 0 {
		return nil, io.EOF
	}
	r.table.Format, r.table.Rows = "csv", got
	for i := range r.catalogue {
		if r.used[i] {
			r.table.Achievements = append(r.table.Achievements, r.catalogue[i])
		}
	}
	return r.table, nil
}

// Close closes the file.
func (s *Stream) Close() error { return s.r.closer.Close() }

// learnCatalogue reads the sheet once for its achievements alone, so that the first row of a course is written with what
// its last row adds.
func (r *simple) learnCatalogue(ctx context.Context) error {
	for {
		r.fresh()
		got, err := r.read(ctx, 4096)
		if err != nil {
			return err
		}
		if len(r.catalogue) > maxCatalogue {
			return record.Errorf(record.TooLarge, "roster.Read", "%s speaks of more than %d achievements; split it, or check the column that was matched to achievement_name", r.grid.name, maxCatalogue)
		}
		if got == 0 {
			break
		}
	}
	r.whole = true
	r.ids, r.inferred = map[string]idSeen{}, map[string]bool{}
	return r.rewind()
}

// streamGrid finds out the encoding of a file in one pass and opens it by rows.
func streamGrid(file string, open Opener) (*grid, error) {
	name := path.Base(file)
	head, valid, err := sniff(name, open)
	if err != nil {
		return nil, err
	}
	g := &grid{name: name}
	var decode encoding.Encoding
	switch {
	case bytes.HasPrefix(head, []byte{0xFF, 0xFE}):
		decode = unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM)
	case bytes.HasPrefix(head, []byte{0xFE, 0xFF}):
		decode = unicode.UTF16(unicode.BigEndian, unicode.ExpectBOM)
	case valid:
		decode = unicode.UTF8BOM
	default:
		decode = charmap.Windows1252
		g.notes = append(g.notes, encodingNote(name))
	}
	text, err := decode.NewDecoder().Bytes(head)
	if err != nil && len(text) == 0 {
		return nil, record.Errorf(record.Invalid, "roster.Read", "%s cannot be decoded (%v); export it again as UTF-8", name, err)
	}
	comma := delimiter(text)
	g.open = func() (*header, nextRow, io.Closer, error) {
		rc, err := open()
		if err != nil {
			return nil, nil, nil, record.Errorf(record.Invalid, "roster.Read", "%s cannot be read: %v", name, err)
		}
		h, next, err := csvRows(file, bufio.NewReaderSize(transform.NewReader(rc, decode.NewDecoder()), 256<<10), comma, simpleColumns)
		if err != nil {
			return nil, nil, nil, errors.Join(err, rc.Close())
		}
		return h, next, rc, nil
	}
	return g, nil
}

// sniff reads a file once: its beginning, and whether it is UTF-8 throughout. Zero bytes are no text, but in UTF-16.
func sniff(name string, open Opener) (head []byte, valid bool, err error) {
	rc, err := open()
	if err != nil {
		return nil, false, record.Errorf(record.Invalid, "roster.Read", "%s cannot be read: %v", name, err)
	}
	defer rc.Close()
	buf := make([]byte, 256<<10)
	carry, first := 0, true
	valid = true
	for {
		n, err := rc.Read(buf[carry:])
		chunk := buf[:carry+n]
		if first && n > 0 {
			first = false
			head = bytes.Clone(chunk[:min(len(chunk), 64<<10)])
		}
		if wide := bytes.HasPrefix(head, []byte{0xFF, 0xFE}) || bytes.HasPrefix(head, []byte{0xFE, 0xFF}); !wide && bytes.IndexByte(chunk, 0) >= 0 {
			return nil, false, record.Errorf(record.Invalid, "roster.Read", "%s has a zero byte; this is not a text file. Export it as CSV (UTF-8)", name)
		}
		end := len(chunk)
		for end > 0 && len(chunk)-end < utf8.UTFMax && !utf8.RuneStart(chunk[end-1]) { // keep a rune that was cut
			end--
		}
		if end > 0 && chunk[end-1] >= utf8.RuneSelf {
			end--
		}
		if errors.Is(err, io.EOF) {
			end = len(chunk)
		}
		valid = valid && utf8.Valid(chunk[:end])
		carry = copy(buf, chunk[end:])
		if errors.Is(err, io.EOF) {
			if first {
				return nil, false, record.Errorf(record.Invalid, "roster.Read", "%s is empty; export it again", name)
			}
			return head, valid, nil
		}
		if err != nil {
			return nil, false, record.Errorf(record.Invalid, "roster.Read", "%s cannot be read: %v", name, err)
		}
	}
}
