// Package bake puts a credential into an image and takes it out again, as
// Open Badges 3.0, section "Baked Badges", and its CLR 2.0 and Open Badges 2.0
// counterparts describe it: an iTXt chunk in a PNG, an element in an SVG. It
// does the same with a PDF, whose attachments (ISO 32000-2, 7.11.4) are a
// common way to hand out a record and its credential in one file.
//
// The pictures are never decoded: baking copies their bytes and adds some.
// Nothing here judges a credential, which is package verify's work.
package bake

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"

	"github.com/openlaurel/laurel/ijson"
)

const (
	// MaxImage bounds an image or PDF. Badge images have some 100 kB; a
	// transcript PDF of a thousand courses is under 2 MB.
	MaxImage = 64 << 20

	// MaxCredential bounds what is taken out of an image, also after
	// decompression. A record of a thousand signed parts has 6 MB.
	MaxCredential = 16 << 20
)

var (
	// ErrNoCredential says that the image is well formed and carries no credential.
	ErrNoCredential = errors.New("bake: the file carries no credential")

	// ErrSeveral says that the image carries more than one credential, which
	// Open Badges forbids: readers would disagree about which one is meant.
	ErrSeveral = errors.New("bake: the file carries more than one credential")

	// ErrFormat says that the file is neither PNG nor SVG nor PDF.
	ErrFormat = errors.New("bake: the file is neither PNG nor SVG nor PDF")

	// ErrTooLarge says that a file or what it carries exceeds a limit.
	ErrTooLarge = errors.New("bake: too large")
)

// A MalformedError says what is wrong with an image, and where.
type MalformedError struct {
	Format Format
	Offset int // bytes before the fault, as far as known
	Msg    string
	Err    error // cause, if another package found it
}

func (e *MalformedError) Error() string {
	text := fmt.Sprintf("bake: malformed %s at byte %d: %s", e.Format, e.Offset, e.Msg)
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

func (e *MalformedError) Unwrap() error { return e.Err }

// Format is a kind of file that can carry a credential.
type Format string

// The formats.
const (
	None Format = ""
	PNG  Format = "PNG"
	SVG  Format = "SVG"
	PDF  Format = "PDF"
)

// Detect tells the format from the first bytes. XML that is not SVG counts as
// SVG here; Unbake will say so.
func Detect(b []byte) Format {
	switch {
	case bytes.HasPrefix(b, pngSignature):
		return PNG
	case bytes.Contains(b[:min(len(b), 1024)], []byte("%PDF-")):
		return PDF
	}
	b = bytes.TrimPrefix(b, []byte("\xEF\xBB\xBF"))
	if b = bytes.TrimLeft(b, " \t\r\n"); len(b) > 0 && b[0] == '<' {
		return SVG
	}
	return None
}

// Unbake returns the credential that an image or PDF carries: JSON, a compact
// JWS or, for Open Badges before 2.0, the URL of a hosted assertion. White
// space around it is removed.
func Unbake(image []byte) ([]byte, error) {
	if len(image) > MaxImage {
		return nil, fmt.Errorf("%w: the file has %d bytes, more than the limit of %d", ErrTooLarge, len(image), MaxImage)
	}
	var credential []byte
	var err error
	switch Detect(image) {
	case PNG:
		credential, err = unbakePNG(image)
	case SVG:
		credential, err = unbakeSVG(image)
	case PDF:
		credential, err = unbakePDF(image)
	default:
		return nil, ErrFormat
	}
	if err != nil {
		return nil, err
	}
	if len(credential) > MaxCredential {
		return nil, fmt.Errorf("%w: the credential has more bytes than the limit of %d", ErrTooLarge, MaxCredential)
	}
	if credential = bytes.TrimSpace(credential); len(credential) == 0 {
		return nil, ErrNoCredential
	}
	return credential, nil
}

// Bake returns a copy of the image, PNG, SVG or PDF, that carries the
// credential, and no other. The credential is JSON or a compact JWS; its type
// decides how it is labelled.
func Bake(image, credential []byte) ([]byte, error) {
	credential = bytes.TrimSpace(credential)
	switch {
	case len(image) > MaxImage:
		return nil, fmt.Errorf("%w: the file has %d bytes, more than the limit of %d", ErrTooLarge, len(image), MaxImage)
	case len(credential) > MaxCredential:
		return nil, fmt.Errorf("%w: the credential has %d bytes, more than the limit of %d", ErrTooLarge, len(credential), MaxCredential)
	}
	l, isJWS, err := labelOf(credential)
	if err != nil {
		return nil, err
	}
	switch Detect(image) {
	case PNG:
		return bakePNG(image, credential, l)
	case SVG:
		return bakeSVG(image, credential, l, isJWS)
	case PDF:
		return bakePDF(image, credential, l, isJWS)
	}
	return nil, ErrFormat
}

// A label says how a kind of credential is marked in each format.
type label struct {
	keyword   string // PNG: keyword of the iTXt chunk
	namespace string // SVG: the element's namespace
	element   string // SVG: the element's local name
	prefix    string // SVG: the conventional prefix
	file      string // PDF: the attachment's name without extension
}

// labels: Open Badges 3.0, 2.0 and CLR 2.0. Those of CLR 2.0 are the ones
// that 1EdTech's validator looks for; the text of the standard has none.
var labels = [...]label{
	{"openbadgecredential", "https://purl.imsglobal.org/ob/v3p0", "credential", "openbadges", "openbadgecredential"},
	{"clrcredential", "https://purl.imsglobal.org/clr/v2p0", "credential", "clr", "clrcredential"},
	{"openbadges", "http://openbadges.org", "assertion", "openbadges", "openbadges"},
}

// labelOf finds the label for a credential by its type.
func labelOf(credential []byte) (l label, isJWS bool, err error) {
	body := credential
	if len(body) == 0 || body[0] != '{' {
		parts := bytes.Split(body, []byte{'.'})
		if len(parts) != 3 {
			return label{}, false, errors.New("bake: the credential is neither a JSON object nor a compact JWS")
		}
		isJWS = true
		if body, err = base64.RawURLEncoding.DecodeString(string(parts[1])); err != nil {
			return label{}, false, fmt.Errorf("bake: the payload of the JWS: %w", err)
		}
	}
	doc, err := ijson.Parse(body, nil)
	if err != nil {
		return label{}, false, fmt.Errorf("bake: the credential: %w", err)
	}
	root := doc.Root()
	if root.Get("vc").Kind() == ijson.Object { // VC-JWT of VCDM 1.1
		root = root.Get("vc")
	}
	for _, t := range root.Get("type").Each() {
		switch t.Text() {
		case "ClrCredential":
			return labels[1], isJWS, nil
		case "Assertion":
			return labels[2], isJWS, nil
		}
	}
	return labels[0], isJWS, nil
}
