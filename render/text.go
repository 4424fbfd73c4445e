package render

import (
	"cmp"
	"strings"

	"github.com/openlaurel/laurel/verify"
)

// ReportText is a verification in plain words, to be copied into a letter or a ticket: every credential, every check
// that has something to say, the time, and nothing that needs the page.
func ReportText(rep *verify.Report, w *Words) string {
	var b strings.Builder
	v := VerdictOf(rep)
	b.WriteString(w.Say("mark." + string(v.Mark)))
	b.WriteString(". ")
	b.WriteString(w.Sentence(v))
	b.WriteByte('\n')
	if !v.Checked.IsZero() {
		b.WriteString(w.Say("verdict.checked", "Moment", w.Moment(v.Checked.Time)) + "\n")
	}
	writeReport(&b, rep, w, "")
	return b.String()
}

func writeReport(b *strings.Builder, rep *verify.Report, w *Words, indent string) {
	b.WriteString("\n" + indent + w.Or("kind."+rep.Kind, rep.Kind) + ": " + oneLine(cmp.Or(rep.Name, rep.ID)) + "\n")
	if rep.Issuer.ID != "" {
		b.WriteString(indent + "  " + w.Say("open.issuer") + ": " + oneLine(rep.Issuer.Name) + " <" + oneLine(rep.Issuer.ID) + ">\n")
	}
	for _, c := range Checks(rep) {
		b.WriteString(indent + "  " + w.Or("check."+c.Check, c.Check) + ": " + w.Say("outcome."+c.Outcome) + ". " + oneLine(w.Finding(c.Code, c.Message)))
		if c.Outcome != "passed" {
			b.WriteString(" [" + c.Code)
			if c.Pointer != "" {
				b.WriteString(" " + oneLine(c.Pointer))
			}
			b.WriteString("]")
		}
		b.WriteByte('\n')
	}
	if len(rep.Uncovered) > 0 {
		b.WriteString(indent + "  " + w.Say("verdict.uncovered") + " " + oneLine(strings.Join(rep.Uncovered, ", ")) + "\n")
	}
	for _, child := range rep.Credentials {
		writeReport(b, child, w, indent+"  ")
	}
}

// oneLine keeps foreign text from breaking out of its line.
func oneLine(s string) string {
	return clip(strings.Map(func(r rune) rune {
		if r < 0x20 || r == 0x7f || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 {
			return ' '
		}
		return r
	}, s), longestLabel)
}

// Sentence is the verdict's sentence after its first word, the same on every surface.
func (w *Words) Sentence(v Verdict) string {
	switch {
	case v.Total == 0:
		return w.Say("verdict.none")
	case v.Forged():
		return w.Say("verdict.forged")
	case v.Total == 1:
		return w.Say("verdict.one." + string(v.Mark))
	case v.Mixed():
		return w.Say("verdict.mixed", "Good", w.Int(v.Good), "Count", v.Total) + " " + w.mixed(v)
	}
	return w.Say("verdict.total", "Good", w.Int(v.Good), "Count", v.Total)
}
