// Package render shows Comprehensive Learner Records (CLR 2.0) and Open Badges 3.0 credentials to people, together
// with what verification found: one typed page model ([Record]), and the words, templates and type to set it in.
//
// The library never runs an issuer's HTML (the VC Render Method is experimental): foreign text is escaped, Markdown is
// reduced to an allow-list, and nothing is loaded from another host.
package render

import (
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
	"golang.org/x/text/number"
)

//go:embed messages/*.json
var ownMessages embed.FS

// rightToLeft are the scripts' languages we set from right to left (CLDR layout, orientation of characters).
var rightToLeft = map[string]bool{"ar": true, "he": true, "fa": true, "ur": true}

// A Catalogue holds every sentence shown to people, per language. English is complete; another language may be partial
// and falls back to English sentence by sentence.
type Catalogue struct {
	bundle    *i18n.Bundle
	languages []language.Tag
	matcher   language.Matcher
	words     map[string]*Words
	known     map[string]bool // ids of the messages

	said, details []*phrase
}

// NewCatalogue reads this package's messages and then those of more, each a tree with messages/<language>.json or
// messages/<area>.<language>.json. A later tree may replace a sentence of an earlier one.
func NewCatalogue(more ...fs.FS) (*Catalogue, error) {
	c := &Catalogue{bundle: i18n.NewBundle(language.English), words: map[string]*Words{}, known: map[string]bool{}}
	seen := map[string]bool{}
	for _, tree := range append([]fs.FS{ownMessages}, more...) {
		names, err := fs.Glob(tree, "messages/*.json")
		if err != nil {
			return nil, fmt.Errorf("render: %w", err)
		}
		for _, name := range names {
			b, err := fs.ReadFile(tree, name)
			if err != nil {
				return nil, fmt.Errorf("render: %w", err)
			}
			file, err := c.bundle.ParseMessageFileBytes(b, name)
			if err != nil {
				return nil, fmt.Errorf("render: message file %s: %w", name, err)
			}
			for _, m := range file.Messages {
				c.known[m.ID] = true
			}
			lang := strings.TrimSuffix(path.Base(name), ".json")
			lang = lang[strings.LastIndexByte(lang, '.')+1:]
			seen[lang] = true
			if lang == "en" {
				for _, m := range file.Messages {
					c.learn(m.ID, m.Other)
				}
			}
		}
	}
	c.sortPhrases()
	c.languages = []language.Tag{language.English}
	for _, tag := range slices.Sorted(maps.Keys(seen)) { // the same order on every node and after every start
		if tag != "en" {
			c.languages = append(c.languages, language.Make(tag))
		}
	}
	c.matcher = language.NewMatcher(c.languages)
	for _, tag := range c.languages {
		c.words[tag.String()] = c.newWords(tag)
	}
	return c, nil
}

// Match picks the best language for the given preferences, each a BCP 47 tag or an Accept-Language header; the first
// that names a language we have wins.
func (c *Catalogue) Match(preferences ...string) *Words {
	for _, p := range preferences {
		tags, _, err := language.ParseAcceptLanguage(p)
		if err != nil || len(tags) == 0 {
			continue
		}
		if _, i, confidence := c.matcher.Match(tags...); confidence > language.No {
			return c.words[c.languages[i].String()]
		}
	}
	return c.words["en"]
}

// Languages lists the languages of the catalogue, English first.
func (c *Catalogue) Languages() []*Words {
	var out []*Words
	for _, tag := range c.languages {
		out = append(out, c.words[tag.String()])
	}
	return out
}

// Words speaks one language.
type Words struct {
	Lang, Dir string
	book      *Catalogue
	localizer *i18n.Localizer
	printer   *message.Printer
	months    [13]string
	known     map[string]bool                    // the catalogue's ids, in whatever language
	plain     sync.Map                           // id → sentence, of those that were asked for without blanks; never more than known
	own       func() (*template.Template, error) // this package's templates, parsed when first asked for
}

func (c *Catalogue) newWords(tag language.Tag) *Words {
	// Codes, credits and dates stand in Western digits on every page; counts beside them do too.
	digits := tag
	if t, err := tag.SetTypeForKey("nu", "latn"); err == nil {
		digits = t
	}
	w := &Words{Lang: tag.String(), Dir: "ltr", book: c, localizer: i18n.NewLocalizer(c.bundle, tag.String()), printer: message.NewPrinter(digits), known: c.known}
	w.own = sync.OnceValues(w.Templates)
	if base, _ := tag.Base(); rightToLeft[base.String()] {
		w.Dir = "rtl"
	}
	for m := 1; m <= 12; m++ {
		w.months[m], _ = w.T("month." + strconv.Itoa(m)) // a missing month shows in the catalogue test
	}
	return w
}

// T is the sentence id with its blanks filled from pairs of name and value. A value named Count chooses the plural form.
//
// A page of a thousand lines asks a hundred thousand times: what has no blanks is kept, and an id that the catalogue does not
// have, which may be a stranger's word, is neither looked for nor kept.
func (w *Words) T(id string, pairs ...any) (string, error) {
	if !w.known[id] {
		return "", fmt.Errorf("render: there is no message %q", id)
	}
	if len(pairs) == 0 {
		if s, ok := w.plain.Load(id); ok {
			return s.(string), nil
		}
	}
	s, err := w.say(id, pairs)
	if err == nil && len(pairs) == 0 {
		w.plain.Store(id, s)
	}
	return s, err
}

// say fills in one sentence.
func (w *Words) say(id string, pairs []any) (string, error) {
	cfg := i18n.LocalizeConfig{MessageID: id}
	if len(pairs)%2 != 0 {
		return "", fmt.Errorf("render: message %s: names and values do not pair", id)
	}
	if len(pairs) > 0 {
		data := make(map[string]any, len(pairs)/2)
		for i := 0; i < len(pairs); i += 2 {
			name, ok := pairs[i].(string)
			if !ok {
				return "", fmt.Errorf("render: message %s: blank name %v is not text", id, pairs[i])
			}
			data[name] = pairs[i+1]
			if n, ok := whole(pairs[i+1]); ok && name == "Count" {
				cfg.PluralCount = n
				data["Count"] = w.Int(n)
			}
		}
		cfg.TemplateData = data
	}
	s, err := w.localizer.Localize(&cfg)
	if s == "" && err != nil {
		return "", fmt.Errorf("render: %w", err)
	}
	return s, nil
}

// Say is T where the id is known to exist; a missing one shows as its id, never as nothing.
func (w *Words) Say(id string, pairs ...any) string {
	s, err := w.T(id, pairs...)
	if err != nil {
		return id
	}
	return s
}

// Or is the sentence id, or fallback when the catalogue has none: for open vocabularies such as achievement types.
func (w *Words) Or(id, fallback string) string {
	s, err := w.T(id)
	if err != nil {
		return fallback
	}
	return s
}

// Int writes a count with the language's grouping. Identifiers never pass here.
func (w *Words) Int(n int) string { return w.printer.Sprint(number.Decimal(n)) }

// Date is a moment, or a day without a time, which no time zone ever shifts.
type Date struct {
	Time    time.Time
	DayOnly bool
}

// ParseDate reads an RFC 3339 time or a plain day; anything else is the zero Date.
func ParseDate(s string) Date {
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return Date{Time: t}
	}
	if t, err := time.Parse(time.DateOnly, s); err == nil {
		return Date{Time: t, DayOnly: true}
	}
	return Date{}
}

// IsZero reports that there is no date.
func (d Date) IsZero() bool { return d.Time.IsZero() }

// ISO is the value for <time datetime>.
func (d Date) ISO() string {
	if d.IsZero() {
		return ""
	}
	if d.DayOnly {
		return d.Time.Format(time.DateOnly)
	}
	return d.Time.UTC().Format(time.RFC3339)
}

// Date writes the day out.
func (w *Words) Date(d Date) string {
	if d.IsZero() {
		return ""
	}
	t := d.Time
	return w.Say("date.day", "Day", t.Day(), "Month", w.months[t.Month()], "Year", t.Year())
}

// Month writes month and year.
func (w *Words) Month(d Date) string {
	if d.IsZero() {
		return ""
	}
	return w.Say("date.month", "Month", w.months[d.Time.Month()], "Year", d.Time.Year())
}

// Moment writes day and time of day in UTC, which it names.
func (w *Words) Moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	t = t.UTC()
	return w.Say("date.moment", "Date", w.Date(Date{Time: t}), "Time", t.Format("15:04"))
}

// Size writes a number of bytes as people do, in the unit that fits.
func (w *Words) Size(n int) string {
	switch {
	case n >= 1<<20:
		return w.Say("size.mb", "N", w.Int((n+1<<19)>>20))
	case n >= 1<<10:
		return w.Say("size.kb", "N", w.Int((n+1<<9)>>10))
	}
	return w.Say("size.bytes", "N", w.Int(n))
}

// whole is a count, whichever whole number type it comes in.
func whole(v any) (int, bool) {
	switch n := v.(type) {
	case int:
		return n, true
	case int64:
		return int(n), true
	}
	return 0, false
}
