package render

import (
	"fmt"
	"html/template"
	"strings"

	"rsc.io/qr"
)

// Only is the record with the lines that keep admits, as their reader will see it: relations to lines left out go too,
// and so does every skill that only they speak for.
func (r *Record) Only(keep func(Line) bool) *Record {
	out := *r
	out.Sections, out.Skills = nil, nil
	v := Verdict{Own: Verified, Checked: r.Verdict.Checked}
	kept, issuers := map[string]bool{}, map[string]string{}
	var lines []*line
	for _, s := range r.Sections {
		sec := Section{Kind: s.Kind}
		for _, g := range s.Groups {
			group := Group{Heading: g.Heading}
			for _, l := range g.Lines {
				if keep(l) {
					kept[l.Anchor] = true
					issuers[l.Issuer.ID] = l.Issuer.Name
					v.tally(l)
					group.Lines = append(group.Lines, l)
				}
			}
			if len(group.Lines) > 0 {
				sec.Groups = append(sec.Groups, group)
			}
		}
		if len(sec.Groups) > 0 {
			out.Sections = append(out.Sections, sec)
		}
	}
	for i := range out.Sections {
		for j := range out.Sections[i].Groups {
			for k := range out.Sections[i].Groups[j].Lines {
				l := &out.Sections[i].Groups[j].Lines[k]
				l.Relations = among(l.Relations, kept)
				lines = append(lines, &line{Line: *l})
			}
		}
	}
	out.Skills = skillRows(lines)
	v.name(issuers)
	v.Mark = v.worst()
	out.Verdict, out.Partial = v, "part"
	return &out
}

func among(relations []Relation, kept map[string]bool) []Relation {
	var out []Relation
	for _, r := range relations {
		if r.Target.Anchor != "" && kept[r.Target.Anchor] {
			out = append(out, r)
		}
	}
	return out
}

func (v *Verdict) tally(l Line) {
	v.Total++
	switch l.Mark {
	case Verified:
		v.Good++
	case Expired:
		v.Expired++
	case Revoked, Suspended:
		v.Revoked++
	case Failed:
		v.Failed++
	case Test:
		v.Tests++
	default:
		v.Unchecked++
	}
	switch l.Seal {
	case OwnSeal:
		v.OwnSeal++
	case Vouched:
		v.Vouched++
	}
}

// worst is the mark of a whole by its items alone.
func (v *Verdict) worst() Mark {
	switch {
	case v.Failed > 0:
		return Failed
	case v.Revoked > 0:
		return Revoked
	case v.Tests > 0:
		return Test
	case v.Unchecked > 0:
		return Unchecked
	case v.Expired > 0:
		return Expired
	}
	return Verified
}

// QR draws an address as a square of dark modules, black on white in every colour scheme, because cameras ask for that.
// An address too long for a code gives nothing.
func QR(address, alt string) template.HTML {
	code, err := qr.Encode(address, qr.M)
	if err != nil {
		return ""
	}
	const quiet = 4 // modules of margin (ISO/IEC 18004)
	side := code.Size + 2*quiet
	var path strings.Builder
	for y := range code.Size {
		for x := range code.Size {
			if code.Black(x, y) {
				fmt.Fprintf(&path, "M%d %dh1v1h-1z", x+quiet, y+quiet)
			}
		}
	}
	return template.HTML(fmt.Sprintf(`<svg class="qr" role="img" aria-label="%s" viewBox="0 0 %d %d" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h%dv%dH0z"/><path fill="#000" d="%s"/></svg>`,
		template.HTMLEscapeString(alt), side, side, side, side, path.String())) // numbers and one escaped text
}
