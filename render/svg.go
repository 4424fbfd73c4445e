package render

import (
	"bytes"
	"cmp"
	"encoding/xml"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"strings"
	"unicode"
)

// Measures of the picture, in pixels: a sheet as wide as the record's column on screen.
const (
	sheetWidth  = 760
	sheetMargin = 40
	maxSheet    = 400 // lines of text; a record of more says how many are left out
)

// inks are the colours of the marks on white paper.
var inks = map[Mark]string{Verified: "#1E6B3A", Expired: "#8A5A00", Unchecked: "#8A5A00", Suspended: "#8A5A00", Failed: "#9B1C1C", Revoked: "#9B1C1C", Stated: "#27548A", Test: "#27548A"}

// sheet is a picture under construction, written from top to bottom.
type sheet struct {
	body  strings.Builder
	words *Words
	y     int
	lines int
}

// SVG is a record as a picture that loads nothing and runs nothing: its words are text, to be searched and read aloud, and
// everything foreign in it is escaped. Words speak the language; nil means English.
func SVG(r *Record, w *Words) []byte {
	if w == nil {
		var err error
		if w, err = english(); err != nil {
			return nil // our own catalogue is embedded and read at every start
		}
	}
	s := &sheet{words: w, y: 64}
	name := cmp.Or(r.Learner.Name, r.Title)
	s.text(w.Or("kind."+r.Kind, w.Say("kind.unknown")), 14, "#4A5563", false, 70)
	s.text(name, 34, "#1B2430", true, 34)
	if r.Title != name {
		s.text(r.Title, 18, "#4A5563", true, 62)
	}
	s.y += 14
	s.glyph(r.Verdict.Mark)
	s.text(w.Say("mark."+string(r.Verdict.Mark))+". "+w.Sentence(r.Verdict), 20, inks[r.Verdict.Mark], true, 52)
	s.text(w.Say("verdict.checked", "Moment", w.Moment(r.Verdict.Checked.Time)), 14, "#4A5563", false, 76)
	if p := r.Publisher; p.Name != "" {
		s.text(w.Say("head.publisher")+" "+p.Name+domainNote(p), 16, "#1B2430", false, 70)
	}
	for _, sec := range r.Sections {
		s.section(sec)
	}
	s.y += 20
	s.text(w.Say("part.end"), 13, "#4A5563", false, 84)
	return s.close(name)
}

func domainNote(p Party) string {
	if p.Domain == "" {
		return ""
	}
	return " (" + p.Domain + ")"
}

func (s *sheet) section(sec Section) {
	s.y += 22
	s.text(s.words.Say("section."+sec.Kind), 22, "#1B2430", true, 50)
	fmt.Fprintf(&s.body, `<path d="M%d %dH%d" stroke="#1B2430"/>`, sheetMargin, s.y-12, sheetWidth-sheetMargin)
	s.y += 8
	for _, g := range sec.Groups {
		if g.Heading != "" {
			s.text(g.Heading, 14, "#4A5563", false, 76)
		}
		for _, l := range g.Lines {
			s.line(l)
		}
	}
}

func (s *sheet) line(l Line) {
	title := l.Name
	if l.Code != "" {
		title = l.Code + "  " + title
	}
	if l.Outcome != "" {
		title += " · " + l.Outcome
	}
	s.text(title, 18, "#1B2430", true, 60)
	rest := []string{s.words.Say("mark." + string(cmp.Or(l.Mark, Unchecked)))}
	if l.Issuer.Name != "" && !l.IsPublisher {
		rest = append(rest, l.Issuer.Name)
	}
	if !l.Date.IsZero() {
		rest = append(rest, s.words.Date(l.Date))
	}
	if l.Earned != "" {
		rest = append(rest, s.words.Say("line.credits", "Earned", l.Earned))
	}
	s.text(strings.Join(rest, " · "), 14, "#4A5563", false, 78)
	s.y += 6
}

// text sets a text in lines of at most so many letters.
func (s *sheet) text(text string, size int, ink string, serif bool, letters int) {
	face := "'Source Sans 3',system-ui,sans-serif"
	if serif {
		face = "'Source Serif 4',Georgia,serif"
	}
	x, anchor := sheetMargin, ""
	if s.words.Dir == "rtl" {
		x, anchor = sheetWidth-sheetMargin, ` direction="rtl"`
	}
	for _, part := range wrap(oneLine(text), letters) {
		if s.lines++; s.lines > maxSheet {
			return
		}
		fmt.Fprintf(&s.body, `<text x="%d" y="%d" font-size="%d" fill="%s" font-family="%s"%s>`, x, s.y, size, ink, face, anchor)
		_ = xml.EscapeText(&s.body, []byte(part)) // a builder takes everything
		s.body.WriteString("</text>")
		s.y += size*13/10 + 2
	}
}

// glyph draws the mark before its sentence: a ring, filled only when everything holds.
func (s *sheet) glyph(m Mark) {
	x := sheetWidth - sheetMargin - 14
	if s.words.Dir == "rtl" {
		x = sheetMargin + 14
	}
	fmt.Fprintf(&s.body, `<circle cx="%d" cy="%d" r="12" fill="none" stroke="%s" stroke-width="2.5"/>`, x, s.y-6, inks[m])
	if m == Verified {
		fmt.Fprintf(&s.body, `<circle cx="%d" cy="%d" r="6.5" fill="%s"/>`, x, s.y-6, inks[m])
	}
}

func (s *sheet) close(name string) []byte {
	var out bytes.Buffer
	height := s.y + 24
	fmt.Fprintf(&out, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" role="img" xml:lang="%s"><title>`, sheetWidth, height, sheetWidth, height, s.words.Lang)
	_ = xml.EscapeText(&out, []byte(oneLine(name))) // a buffer takes everything
	fmt.Fprintf(&out, `</title><rect width="100%%" height="100%%" fill="#fff"/>%s</svg>`, s.body.String())
	out.WriteByte('\n')
	return out.Bytes()
}

// wrap parts a text at its spaces into lines of at most so many letters; a longer word is cut.
func wrap(text string, letters int) []string {
	var out []string
	line := ""
	for _, word := range strings.Fields(text) {
		for len([]rune(word)) > letters {
			r := []rune(word)
			out, word = append(out, strings.TrimSpace(line+" "+string(r[:letters]))), string(r[letters:])
			line = ""
		}
		if len([]rune(line))+len([]rune(word))+1 > letters && line != "" {
			out, line = append(out, line), ""
		}
		line = strings.TrimSpace(line + " " + word)
	}
	if strings.IndexFunc(line, unicode.IsGraphic) >= 0 {
		out = append(out, line)
	}
	return out
}

// MarkPNG is the mark of a state as a picture without words, into which a credential is baked for programs that take
// badges as PNG.
func MarkPNG(m Mark) ([]byte, error) {
	const side = 400
	var ink color.NRGBA
	ink.A = 255
	if _, err := fmt.Sscanf(cmp.Or(inks[m], inks[Unchecked]), "#%02x%02x%02x", &ink.R, &ink.G, &ink.B); err != nil {
		return nil, fmt.Errorf("render: %w", err)
	}
	img := image.NewNRGBA(image.Rect(0, 0, side, side))
	for y := range side {
		for x := range side {
			d := math.Hypot(float64(x)-side/2+.5, float64(y)-side/2+.5)
			shade := cover(160-d) - cover(128-d) // the ring
			if m == Verified {
				shade += cover(84 - d)
			}
			mix := func(c uint8) uint8 { return uint8(255 - shade*(255-float64(c)) + .5) }
			img.SetNRGBA(x, y, color.NRGBA{mix(ink.R), mix(ink.G), mix(ink.B), 255})
		}
	}
	var out bytes.Buffer
	if err := png.Encode(&out, img); err != nil {
		return nil, fmt.Errorf("render: %w", err)
	}
	return out.Bytes(), nil
}

// cover is how much of a pixel lies inside an edge at a distance.
func cover(d float64) float64 { return min(1, max(0, d+.5)) }
