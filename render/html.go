package render

import (
	"cmp"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"time"
)

//go:embed look
var look embed.FS

// Look is the folder of fonts, style sheets and templates.
func Look() fs.FS {
	sub, err := fs.Sub(look, "look")
	if err != nil {
		panic(err) // the folder is embedded above
	}
	return sub
}

// longestLabel is the longest text of others shown on one line; the standard sets no limit and a page must hold.
const longestLabel = 240

// Funcs are what the templates may call, speaking w's language.
func (w *Words) Funcs() template.FuncMap {
	return template.FuncMap{
		"t":        w.tOf,
		"message":  func(id string) string { return w.Or(id, "") },
		"date":     w.Date,
		"day":      func(t time.Time) string { return w.Date(Date{Time: t}) },
		"month":    w.Month,
		"moment":   func(d Date) string { return w.Moment(d.Time) },
		"number":   w.Int,
		"size":     w.Size,
		"md":       Markdown,
		"onpaper":  onPaper,
		"clip":     func(s string) string { return clip(strings.TrimSpace(s), longestLabel) },
		"safelink": SafeLink,
		"sentence": w.mixed,
		"finding":  func(c Check) string { return w.Finding(c.Code, c.Message) },
		"repair":   w.Repair,
		"lang":     func() string { return w.Lang },
		"dir":      func() string { return w.Dir },
	}
}

// tOf is T for ids that end in a value: the empty value, as on an empty page, has no words.
func (w *Words) tOf(id string, pairs ...any) (string, error) {
	if strings.HasSuffix(id, ".") {
		return "", nil
	}
	return w.T(id, pairs...)
}

// Templates parses the shared record templates for one language.
func (w *Words) Templates() (*template.Template, error) {
	t, err := template.New("").Funcs(w.Funcs()).Option("missingkey=error").ParseFS(look, "look/templates/*.html")
	if err != nil {
		return nil, fmt.Errorf("render: %w", err)
	}
	return t, nil
}

// mixed is the sentence of a verdict whose items differ: what is good, then each other number.
func (w *Words) mixed(v Verdict) string {
	var rest []string
	for _, part := range []struct {
		id string
		n  int
	}{{"revoked", v.Revoked}, {"failed", v.Failed}, {"expired", v.Expired}, {"unchecked", v.Unchecked}, {"test", v.Tests}} {
		if part.n > 0 {
			rest = append(rest, w.Say("verdict."+part.id, "Count", part.n))
		}
	}
	return w.Say("verdict.mixed-rest", "Rest", strings.Join(rest, w.Say("list.comma")))
}

// Needed is the requirement that the closed line names beside its outcome: of a score always, of a grade or level only
// when it was not reached, for a pass needs no comment.
func (l Line) Needed() string {
	for _, r := range l.Results {
		if r.Value != l.Outcome || r.Needed == "" || r.Value == r.Needed {
			continue
		}
		if r.Outcome == "below" || r.Type == "Percent" || r.Type == "RawScore" || r.Type == "ScaledScore" {
			return r.Needed
		}
	}
	return ""
}

// OutcomeType is the kind of the outcome where its number alone would be misread: a grade point average.
func (l Line) OutcomeType() string {
	for _, r := range l.Results {
		if r.Value == l.Outcome && r.Type == "GradePointAverage" {
			return r.Type
		}
	}
	return ""
}

// ByTime is the record year by year, newest first.
func (r *Record) ByTime() []Group {
	var lines []Line
	for _, s := range r.Sections {
		for _, g := range s.Groups {
			lines = append(lines, g.Lines...)
		}
	}
	slices.SortStableFunc(lines, func(x, y Line) int { return cmp.Compare(y.when(), x.when()) })
	var out []Group
	for _, l := range lines {
		year := ""
		if d := l.latest(); !d.IsZero() {
			year = strconv.Itoa(d.Time.Year())
		}
		if len(out) == 0 || out[len(out)-1].Heading != year {
			out = append(out, Group{Heading: year})
		}
		out[len(out)-1].Lines = append(out[len(out)-1].Lines, l)
	}
	return out
}

func (l Line) when() string { return l.latest().ISO() }

func (l Line) latest() Date {
	for _, d := range []Date{l.End, l.Date, l.Start} {
		if !d.IsZero() {
			return d
		}
	}
	return Date{}
}
