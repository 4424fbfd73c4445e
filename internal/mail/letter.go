package mail

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"slices"
	"strings"

	"github.com/openlaurel/laurel/render"
)

//go:embed messages/*.json templates/letter.html
var own embed.FS

// Letter is what a mail says, before it is in anybody's words. Its sentences are NAME.subject, NAME.text (paragraphs
// parted by empty lines) and, with a Link, NAME.button; all of them may use Args.
type Letter struct {
	ID       string // see Message.ID
	Name     string // such as "mail.sign-in"
	To       string
	Language string // BCP 47; what we do not have is English
	House    string // the institution's name, which stands above and below
	Link     string // where the one button leads
	Off      string // page where mail of this kind is turned off
	Args     map[string]string
	Own      *Wording // the institution's own words; nil: those of the message files
}

// Writer turns letters into mails.
type Writer struct {
	catalogue *render.Catalogue
	sheet     *template.Template
}

// NewWriter reads the message files.
func NewWriter() (*Writer, error) {
	c, err := render.NewCatalogue(own)
	if err != nil {
		return nil, err
	}
	t, err := template.ParseFS(own, "templates/letter.html")
	if err != nil {
		return nil, fmt.Errorf("mail: %w", err)
	}
	return &Writer{catalogue: c, sheet: t}, nil
}

// Languages lists the languages in which letters can be written, English first.
func (w *Writer) Languages() []string {
	var out []string
	for _, l := range w.catalogue.Languages() {
		out = append(out, l.Lang)
	}
	return out
}

// maxArg bounds what a letter takes from elsewhere, such as a name: a subject stays a subject.
const maxArg = 200

// toAnybody are the letters to addresses of people whom the institution need not know.
var toAnybody = []string{"mail.attest", "mail.confirm", "mail.address", "mail.guardian"}

// Write puts a letter into words.
func (w *Writer) Write(l *Letter) (*Message, error) {
	words := w.catalogue.Match(l.Language)
	subject, body, err := w.words(l, words)
	if err != nil {
		return nil, err
	}
	sheet := struct {
		Lang, Dir, House, Subject, Button, Link, Off, Why, OffText string
		Paragraphs                                                 []string
	}{Lang: words.Lang, Dir: words.Dir, House: l.House, Subject: subject, Link: l.Link, Off: l.Off, Paragraphs: strings.Split(body, "\n\n")}
	why := "mail.why"
	if slices.Contains(toAnybody, l.Name) {
		why = "mail.why-named"
	}
	if sheet.Why, err = words.T(why, "House", plain(l.House)); err != nil {
		return nil, err
	}
	text := []string{body}
	if l.Link != "" {
		if sheet.Button, err = words.T(l.Name + ".button"); err != nil {
			return nil, err
		}
		text = append(text, sheet.Button+":\n"+l.Link)
	}
	foot := sheet.Why
	if l.Off != "" {
		if sheet.OffText, err = words.T("mail.off"); err != nil {
			return nil, err
		}
		foot += "\n" + sheet.OffText + ": " + l.Off
	}
	text = append(text, "-- \n"+foot)
	var out bytes.Buffer
	if err := w.sheet.Execute(&out, sheet); err != nil {
		return nil, fmt.Errorf("mail: %w", err)
	}
	return &Message{ID: l.ID, To: l.To, Subject: subject, Text: strings.Join(text, "\n\n") + "\n", HTML: out.String(), Off: l.Off}, nil
}

// words are a letter's subject and text in a language.
func (w *Writer) words(l *Letter, words *render.Words) (subject, text string, err error) {
	if l.Own != nil {
		return fill(l.Own.Subject, l), fill(strings.ReplaceAll(l.Own.Text, "\r\n", "\n"), l), nil
	}
	pairs := []any{"House", plain(l.House)}
	for k, v := range l.Args {
		pairs = append(pairs, k, plain(v))
	}
	if subject, err = words.T(l.Name+".subject", pairs...); err != nil {
		return "", "", err
	}
	text, err = words.T(l.Name+".text", pairs...)
	return subject, text, err
}

// plain is a foreign word on one line and of a length that leaves room for ours.
func plain(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > maxArg {
		s = string(r[:maxArg]) + "…"
	}
	return s
}
