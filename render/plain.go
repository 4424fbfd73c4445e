package render

import (
	"strings"
)

// Text is a record as plain text: for a terminal, a mail, or a reader that wants no more. Foreign text stays on its line.
func Text(r *Record, w *Words) (string, error) {
	w, err := orEnglish(w)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	line := func(indent int, parts ...string) {
		var said []string
		for _, p := range parts {
			if p = oneLine(p); strings.TrimSpace(p) != "" {
				said = append(said, p)
			}
		}
		if len(said) > 0 {
			b.WriteString(strings.Repeat(" ", indent) + strings.Join(said, " · ") + "\n")
		}
	}
	line(0, w.Or("kind."+r.Kind, w.Say("kind.unknown")))
	line(0, orText(r.Learner.Name, r.Title))
	line(0, w.Say("mark."+string(r.Verdict.Mark))+". "+w.Sentence(r.Verdict))
	if len(r.Verdict.Uncovered) > 0 {
		line(0, w.Say("verdict.uncovered")+" "+strings.Join(r.Verdict.Uncovered, ", "))
	}
	line(0, w.Say("head.publisher")+" "+orText(r.Publisher.Name, r.Publisher.ID), w.Date(r.Issued), r.ID)
	for _, s := range r.Sections {
		b.WriteString("\n" + w.Say("section."+s.Kind) + "\n")
		for _, g := range s.Groups {
			indent := 2
			if g.Heading != "" {
				line(indent, g.Heading)
				indent = 4
			}
			for _, l := range g.Lines {
				w.textLine(line, indent, l)
			}
		}
	}
	b.WriteString("\n" + w.Say("part.end") + "\n")
	return b.String(), nil
}

// textLine writes one achievement: what, what came of it, and what stands behind it.
func (w *Words) textLine(line func(int, ...string), indent int, l Line) {
	issuer := ""
	if !l.IsPublisher {
		issuer = orText(l.Issuer.Name, l.Issuer.ID)
	}
	credits := ""
	if l.Earned != "" {
		credits = w.Say("line.credits", "Earned", l.Earned)
	}
	line(indent, strings.TrimSpace(l.Code+" "+l.Name), orText(l.Outcome, w.Or("status."+l.Status, l.Status)), credits, w.Date(l.Date), issuer, w.Say("mark."+string(l.Mark)))
	for _, r := range l.Results {
		needed := ""
		if r.Needed != "" {
			needed = w.Say("result.needed", "Value", r.Needed)
		}
		line(indent+4, orText(r.Name, w.Or("result-type."+r.Type, r.Type))+": "+r.Value, needed)
	}
	for _, rel := range l.Relations {
		line(indent+4, w.Or("relation."+rel.Kind, rel.Kind)+" "+orText(rel.Target.Name, rel.Target.Note))
	}
}

func orText(s, other string) string {
	if s != "" {
		return s
	}
	return other
}
