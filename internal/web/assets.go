package web

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"math"
	"net/http"
	"path"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/openlaurel/laurel/render"
)

//go:embed templates static messages
var own embed.FS

// assets are the static files under names that carry their hash, so that a cache may keep them for ever and never keeps
// a stale one.
type assets struct {
	paths  map[string]string // "laurel.css" → "/static/laurel-1a2b3c4d.css"
	bodies map[string][]byte // by path
}

// styleSheets are joined into one file, in this order.
var styleSheets = []struct {
	tree func() fs.FS
	name string
}{{render.Look, "fonts.css"}, {render.Look, "record.css"}, {func() fs.FS { return own }, "static/desk.css"}, {func() fs.FS { return own }, "static/catalogue.css"}}

// personSheets are joined into a file of its own, which only those who are signed in load.
var personSheets = []string{"static/office.css", "static/goals.css", "static/curate.css", "static/own.css", "static/classroom.css", "static/delivery.css"}

func newAssets() (*assets, error) {
	a := &assets{paths: map[string]string{}, bodies: map[string][]byte{}}
	fonts, err := fs.Glob(render.Look(), "fonts/*")
	if err != nil {
		return nil, fmt.Errorf("web: %w", err)
	}
	var css bytes.Buffer
	for _, s := range styleSheets {
		b, err := fs.ReadFile(s.tree(), s.name)
		if err != nil {
			return nil, fmt.Errorf("web: %w", err)
		}
		css.Write(b)
	}
	sheet := css.String()
	for _, name := range fonts {
		b, err := fs.ReadFile(render.Look(), name)
		if err != nil {
			return nil, fmt.Errorf("web: %w", err)
		}
		sheet = strings.ReplaceAll(sheet, `url("`+name+`")`, `url("`+a.add(path.Base(name), b)+`")`)
	}
	a.add("laurel.css", []byte(slim(sheet)))
	var person bytes.Buffer
	for _, name := range personSheets {
		b, err := fs.ReadFile(own, name)
		if err != nil {
			return nil, fmt.Errorf("web: %w", err)
		}
		person.Write(b)
	}
	a.add("person.css", []byte(slim(person.String())))
	for _, name := range []string{"comfort.js", "passkey.js", "laurel.svg", "person.js", "icon-192.png", "icon-512.png", "icon-mask.png"} {
		b, err := fs.ReadFile(own, "static/"+name)
		if err != nil {
			return nil, fmt.Errorf("web: %w", err)
		}
		a.add(name, b)
	}
	return a, nil
}

var (
	cssComment = regexp.MustCompile(`(?s)/\*.*?\*/`)
	cssSpace   = strings.NewReplacer("; ", ";", " { ", "{", " }", "}", "\n  ", "", "\n", "")
)

// slim takes out of a style sheet what a browser does not need: a reader's first page stays under 100 kB.
func slim(css string) string { return cssSpace.Replace(cssComment.ReplaceAllString(css, "")) }

func (a *assets) add(name string, b []byte) string {
	sum := sha256.Sum256(b)
	ext := path.Ext(name)
	p := "/static/" + strings.TrimSuffix(name, ext) + "-" + hex.EncodeToString(sum[:4]) + ext
	a.paths[name], a.bodies[p] = p, b
	return p
}

// path is the address of a static file by its plain name.
func (a *assets) path(name string) (string, error) {
	p, ok := a.paths[name]
	if !ok {
		return "", fmt.Errorf("web: no static file %s", name)
	}
	return p, nil
}

var contentTypes = map[string]string{
	".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml", ".png": "image/png", ".woff2": "font/woff2", ".txt": "text/plain; charset=utf-8",
}

func (a *assets) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	if hex, ok := strings.CutPrefix(r.URL.Path, "/static/accent-"); ok {
		css, err := accentSheet("#" + strings.TrimSuffix(hex, ".css"))
		if err != nil {
			http.NotFound(w, r)
			return
		}
		h.Set("Content-Type", contentTypes[".css"])
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
		_, _ = w.Write(css) // the visitor has gone
		return
	}
	b, ok := a.bodies[r.URL.Path]
	if !ok {
		http.NotFound(w, r)
		return
	}
	h.Set("Content-Type", contentTypes[path.Ext(r.URL.Path)])
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(b))
}

// accentPath is the address of the style sheet that sets one institution's accent, "" for the product's own. The colour
// is in the name: no inline style is needed, and the policy can forbid them all.
func accentPath(accent string) string {
	if _, err := parseColour(accent); err != nil {
		return ""
	}
	return "/static/accent-" + strings.ToLower(accent[1:]) + ".css"
}

// Colours an accent is set on (users-and-formats 2.7), and the contrast WCAG 2.2 AA asks of text.
const (
	paperColour  = "#FBFAF7"
	groundColour = "#14191F"
	textContrast = 4.5
)

// accentSheet sets the accent for light and dark; on the dark ground it is lightened until it reads.
func accentSheet(accent string) ([]byte, error) {
	c, err := parseColour(accent)
	if err != nil {
		return nil, err
	}
	paper, _ := parseColour(paperColour)   // constants
	ground, _ := parseColour(groundColour) // above
	light, dark := c, c
	for i := 0; i < 40 && contrast(light, paper) < textContrast; i++ {
		light = light.mix(colour{}, .05)
	}
	for i := 0; i < 40 && contrast(dark, ground) < textContrast+2; i++ {
		dark = dark.mix(colour{255, 255, 255}, .05)
	}
	return fmt.Appendf(nil, ":root{--accent:%s;--on-accent:#fff}@media(prefers-color-scheme:dark){:root{--accent:%s;--on-accent:%s}}@media print{:root{--accent:#000}}\n", light, dark, groundColour), nil
}

type colour [3]float64

func parseColour(s string) (colour, error) {
	n, err := strconv.ParseUint(strings.TrimPrefix(s, "#"), 16, 32)
	if err != nil || len(s) != 7 || s[0] != '#' {
		return colour{}, fmt.Errorf("web: %q is not a colour like #0F5E63", s)
	}
	return colour{float64(n >> 16 & 255), float64(n >> 8 & 255), float64(n & 255)}, nil
}

func (c colour) String() string {
	return fmt.Sprintf("#%02x%02x%02x", int(c[0]+.5), int(c[1]+.5), int(c[2]+.5))
}

func (c colour) mix(to colour, share float64) colour {
	for i := range c {
		c[i] += (to[i] - c[i]) * share
	}
	return c
}

// contrast is the ratio of WCAG 2.2, 1.4.3.
func contrast(a, b colour) float64 {
	x, y := a.luminance(), b.luminance()
	return (max(x, y) + .05) / (min(x, y) + .05)
}

func (c colour) luminance() float64 {
	var l float64
	for i, weight := range []float64{.2126, .7152, .0722} {
		v := c[i] / 255
		if v <= .04045 {
			v /= 12.92
		} else {
			v = math.Pow((v+.055)/1.055, 2.4)
		}
		l += weight * v
	}
	return l
}
