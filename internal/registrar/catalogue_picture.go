package registrar

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"image/png"
	"io"
	"regexp"
	"slices"
	"strings"

	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/store"
)

// Limits of a picture: a badge is a few kilobytes; what is larger makes every page that shows it slow.
const (
	MaxPicture = 512 << 10 // bytes
	maxPixels  = 2048      // of each side
	maxMarks   = 5_000     // elements of an SVG
)

// AddPicture checks an image and keeps it. The same bytes get the same address.
func (d *Desk) AddPicture(ctx context.Context, actor record.Actor, b []byte) (url string, err error) {
	const op = "registrar.AddPicture"
	if err := actor.Require(op, actor.Institution, record.RoleRegistrar); err != nil {
		return "", err
	}
	if len(b) > MaxPicture {
		return "", record.Errorf(record.TooLarge, op, "the picture has %d kB and may have %d; make it smaller", len(b)>>10, MaxPicture>>10)
	}
	media := ""
	switch {
	case bytes.HasPrefix(b, []byte("\x89PNG\r\n\x1a\n")):
		media, err = "image/png", checkPNG(b)
	case bytes.Contains(b[:min(len(b), 4096)], []byte("<svg")):
		media, err = "image/svg+xml", checkSVG(b)
	default:
		err = errors.New("it is neither a PNG nor an SVG")
	}
	if err != nil {
		return "", record.Errorf(record.Invalid, op, "the picture cannot be used: %v", err)
	}
	p := &record.Picture{ID: record.PictureID(record.DerivedID(actor.Institution, "picture", record.Sum(b))), Institution: actor.Institution, Media: media, Bytes: b, CreatedAt: d.now()}
	err = d.DB.Update(ctx, func(tx *store.Tx) error {
		i, err := tx.Institution(ctx, actor.Institution)
		if err != nil {
			return err
		}
		url = i.Root() + "/pictures/" + string(p.ID)
		if err := tx.PutPicture(ctx, p); err != nil {
			return err
		}
		return d.event(ctx, tx, actor, i, "picture.added", "picture/"+string(p.ID), "", map[string]string{"sha256": record.Sum(b), "media": media})
	})
	return url, record.Wrap(op, err)
}

// Picture reads an image of the catalogue, as anybody may.
func (d *Desk) Picture(ctx context.Context, id record.PictureID) (*record.Picture, error) {
	var p *record.Picture
	err := d.DB.View(ctx, func(tx *store.Tx) (err error) {
		p, err = tx.Picture(ctx, id)
		return err
	})
	return p, record.Wrap("registrar.Picture", err)
}

// checkPNG looks at the size before it unfolds the picture, and unfolds it to be sure that it is one.
func checkPNG(b []byte) error {
	c, err := png.DecodeConfig(bytes.NewReader(b))
	if err != nil {
		return fmt.Errorf("it is no whole PNG (%w)", err)
	}
	if c.Width > maxPixels || c.Height > maxPixels {
		return fmt.Errorf("it is %d × %d pixels large and may be %d × %d", c.Width, c.Height, maxPixels, maxPixels)
	}
	if _, err := png.Decode(bytes.NewReader(b)); err != nil {
		return fmt.Errorf("it is no whole PNG (%w)", err)
	}
	return nil
}

// drawn are the elements of SVG that draw. Scripts, styles, foreign content, animation and outer references are none.
var drawn = []string{"svg", "g", "defs", "symbol", "use", "title", "desc", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "text", "tspan", "textPath",
	"linearGradient", "radialGradient", "stop", "clipPath", "mask", "pattern", "marker", "filter", "feGaussianBlur", "feOffset", "feBlend", "feMerge", "feMergeNode", "feFlood", "feComposite", "feColorMatrix"}

var innerURL = regexp.MustCompile(`url\(\s*['"]?#[\w.:-]+['"]?\s*\)`)

// checkSVG lets through what draws and nothing else.
func checkSVG(b []byte) error {
	dec := xml.NewDecoder(bytes.NewReader(b))
	for marks := 0; ; {
		t, err := dec.Token()
		if errors.Is(err, io.EOF) {
			if marks == 0 {
				return errors.New("the SVG is empty")
			}
			return nil
		}
		if err != nil {
			return fmt.Errorf("the SVG is no whole XML (%w)", err)
		}
		switch t := t.(type) {
		case xml.Directive:
			return errors.New("an SVG with a document type or entities is not taken")
		case xml.ProcInst:
			if t.Target != "xml" {
				return fmt.Errorf("an SVG with a <?%s?> is not taken", t.Target)
			}
		case xml.StartElement:
			if marks++; marks > maxMarks {
				return fmt.Errorf("the SVG has more than %d elements", maxMarks)
			}
			if marks == 1 && t.Name.Local != "svg" {
				return errors.New("the first element is not svg")
			}
			if err := checkElement(t); err != nil {
				return err
			}
		}
	}
}

func checkElement(e xml.StartElement) error {
	if !slices.Contains(drawn, e.Name.Local) {
		return fmt.Errorf("an SVG with <%s> is not taken; draw it without", clipWord(e.Name.Local))
	}
	for _, a := range e.Attr {
		name, value := strings.ToLower(a.Name.Local), strings.TrimSpace(a.Value)
		plain := innerURL.ReplaceAllString(strings.ToLower(value), "")
		switch {
		case strings.HasPrefix(name, "on"):
			return fmt.Errorf("an SVG that does something (%s) is not taken", clipWord(name))
		case (name == "href" || name == "src") && !strings.HasPrefix(value, "#"):
			return errors.New("an SVG that points elsewhere is not taken; put everything into the file")
		case a.Name.Space != "xmlns" && name != "xmlns" && (strings.Contains(plain, "url(") || strings.Contains(plain, "javascript:") || strings.Contains(plain, "@import") || strings.ContainsAny(plain, `\`)):
			return errors.New("an SVG that points elsewhere is not taken; put everything into the file")
		}
	}
	return nil
}

func clipWord(s string) string {
	if len(s) > 40 {
		return strings.ToValidUTF8(s[:40], "") + "…"
	}
	return s
}
