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
}

// HTML is a record as one file that loads nothing: style and type inside, no script, everything escaped. Words speak the
// language; nil means English.
func HTML(r *Record, w *Words) ([]byte, error) { return Page(r, w, nil) }

// Page is HTML with what stands around the record.
func Page(r *Record, w *Words, o *PageOptions) ([]byte, error) {
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
	d := document{Record: r, Style: template.CSS(style)}
	if o != nil && SafeLink(o.Link) != "" {
		d.Link, d.QR = o.Link, QR(o.Link, w.Say("part.qr"))
	}
	var out bytes.Buffer
	if err := t.ExecuteTemplate(&out, "document", d); err != nil {
		return nil, fmt.Errorf("render: %w", err)
	}
	return out.Bytes(), nil
}
