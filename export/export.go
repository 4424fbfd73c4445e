// Package export writes a record in a neighbour's format: HR Open LER-RS, JSON Resume, the European Learning Model,
// Schema.org, and the spreadsheets of our own template.
//
// The rules are:
//
//   - A signed credential goes into a format that can carry it as the bytes that were signed. Where a format can hold data
//     only, the data is what the credential says, and proves nothing.
//   - What a format has no place for is told as a loss, never dropped in silence.
//   - Nothing is added: no unit, grade, level or date that the record does not have.
//   - What is not completed is not written as if it were; what was failed or broken off is not written at all, except in the
//     institution's own spreadsheets and inside a record that is signed as a whole.
//   - Only what the learner ticked leaves: names and addresses of people are options.
package export

import (
	"archive/zip"
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/openlaurel/laurel/ijson"
)

// File is one file of the answer.
type File struct {
	Name        string `json:"name"`
	ContentType string `json:"contentType"`
	Data        []byte `json:"-"`
}

// Loss is something of the record that the format could not carry.
type Loss struct {
	Item    string `json:"item"` // the name of the credential, or "record"
	Message string `json:"message"`
}

// Options say what may leave. The zero value is the least.
type Options struct {
	Person   bool   // the person's name, where the format does not need it anyway
	Contact  bool   // the person's e-mail address, where the record has it in the open
	Evidence bool   // links to pieces of evidence
	Link     string // the address at which the record is shared and can be verified
	Language string // BCP 47 tag of texts whose language the record does not tell; default "en"
	// CreditUnit names the unit of credits, such as ECTS. The standard has no place for it, and without one credits are no
	// credit points.
	CreditUnit string
	OneSheet   bool // csv: the one-sheet template instead of the full one
}

// Result is the answer.
type Result struct {
	Files  []File
	Losses []Loss
}

// Export writes a record in a format of the table.
func Export(format string, r *Record, opts *Options) (*Result, error) {
	i := slices.IndexFunc(Formats, func(f Format) bool { return f.Name == format })
	if i < 0 {
		return nil, fmt.Errorf("export: there is no format %q; use one of %s", format, strings.Join(Names(), ", "))
	}
	w := &writer{record: r}
	if opts != nil {
		w.opts = *opts
	}
	if w.opts.Language == "" {
		w.opts.Language = "en"
	}
	files, err := Formats[i].write(w)
	if err != nil {
		return nil, fmt.Errorf("export: %s: %w", format, err)
	}
	return &Result{Files: files, Losses: w.losses}, nil
}

// writer is one export under way.
type writer struct {
	record *Record
	opts   Options
	losses []Loss
	kept   verbatim
}

func (w *writer) lose(item, format string, args ...any) {
	l := Loss{item, fmt.Sprintf(format, args...)}
	if !slices.Contains(w.losses, l) {
		w.losses = append(w.losses, l)
	}
}

// document is one JSON document as the answer.
func (w *writer) document(name, contentType string, v any) ([]File, error) {
	b, err := ijson.MarshalIndent(v)
	if err != nil {
		return nil, err
	}
	return []File{{name, contentType, append(w.kept.restore(b), '\n')}}, nil
}

// Zip packs files into one, the same bytes for the same files.
func Zip(files []File) ([]byte, error) {
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, f := range files {
		to, err := z.CreateHeader(&zip.FileHeader{Name: f.Name, Method: zip.Deflate})
		if err != nil {
			return nil, err
		}
		if _, err := to.Write(f.Data); err != nil {
			return nil, err
		}
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// node is a JSON object under construction. Members without a value are left out.
type node map[string]any

func (n node) set(name string, v any) node {
	switch x := v.(type) {
	case nil:
		return n
	case string:
		if x == "" {
			return n
		}
	case []string:
		if len(x) == 0 {
			return n
		}
	case []any:
		if len(x) == 0 {
			return n
		}
	case node:
		if len(x) == 0 {
			return n
		}
	}
	n[name] = v
	return n
}

// oneOrMany is the only value, or all of them.
func oneOrMany(list []any) any {
	if len(list) == 1 {
		return list[0]
	}
	return list
}
