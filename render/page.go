package render

import (
	"bytes"
	"fmt"
	"html/template"
	"time"
)

// PageOptions tells what stands around a record in a file.
type PageOptions struct {
	Link       string    // where it can be checked now; printed, and drawn as a code. "": nowhere
	Credential []byte    // PDF: the signed credential that goes into the file; nil: none
	Made       time.Time // PDF: when the file was made; zero: the time of the check
}

// document is what the template of the same name takes.
type document struct {
	Record *Record
	Style  template.CSS // ours alone: no text of a credential is in it
	Link   string
	QR     template.HTML
	Paper  bool // nothing on it can be opened
	Whole  bool // so everything is: of a record that somebody still reads so
}

// paperLines is the longest record whose items stand on paper with all that they say; a thousand would make a book of four
// hundred pages. A longer one has a line for each, and the whole is in the data that the file carries.
const paperLines = 60

// paperLine is what the template of that name takes.
type paperLine struct {
	Line  Line
	Whole bool
}

func onPaper(l Line, whole bool) paperLine { return paperLine{l, whole} }

// HTML is a record as one file that loads nothing: style and type inside, no script, everything escaped. Words speak the
// language; nil means English.
func HTML(r *Record, w *Words) ([]byte, error) { return Page(r, w, nil) }

// Page is HTML with what stands around the record.
func Page(r *Record, w *Words, o *PageOptions) ([]byte, error) { return setPage(r, w, o, false) }

func setPage(r *Record, w *Words, o *PageOptions, paper bool) ([]byte, error) {
	w, err := orEnglish(w)
	if err != nil {
		return nil, err
	}
	t, err := w.own()
	if err != nil {
		return nil, err
	}
	style, err := documentStyle()
	if err != nil {
		return nil, err
	}
	d := document{Record: r, Style: template.CSS(style), Paper: paper}
	lines := 0
	for _, sec := range r.Sections {
		lines += sec.Count()
	}
	d.Whole = paper && lines <= paperLines
	if o != nil && SafeLink(o.Link) != "" {
		d.Link, d.QR = o.Link, QR(o.Link, w.Say("part.qr"))
	}
	var out bytes.Buffer
	if err := t.ExecuteTemplate(&out, "document", d); err != nil {
		return nil, fmt.Errorf("render: %w", err)
	}
	return out.Bytes(), nil
}
