package bake

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// maxDepthSVG bounds nesting of elements; drawings stay far below.
const maxDepthSVG = 1000

const svgNamespace = "http://www.w3.org/2000/svg"

// An svgScan is what one pass over an SVG finds. No entity is expanded but
// XML's own five, and nothing is fetched.
type svgScan struct {
	rootStart, rootEnd int        // the start tag of <svg>
	rootEmpty          bool       // it is <svg/>
	root               []xml.Attr // its attributes
	found              []svgCredential
}

type svgCredential struct {
	start, end int // of the element, with its tags
	verify     string
	hasVerify  bool
	text       []byte
}

func scanSVG(image []byte) (*svgScan, error) {
	d := xml.NewDecoder(bytes.NewReader(image))
	s := &svgScan{rootStart: -1}
	for depth := 0; ; {
		start := int(d.InputOffset())
		malformed := func(msg string, err error) (*svgScan, error) {
			return nil, &MalformedError{Format: SVG, Offset: start, Msg: msg, Err: err}
		}
		tok, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			return malformed("the XML cannot be read", err)
		}
		switch t := tok.(type) {
		case xml.Directive:
			if bytes.IndexByte(t, '[') >= 0 {
				return malformed("it declares entities or other markup of its own (DOCTYPE with an internal subset); save it as plain SVG", nil)
			}
		case xml.StartElement:
			if depth++; depth > maxDepthSVG {
				return malformed(fmt.Sprintf("elements are nested deeper than the limit of %d", maxDepthSVG), nil)
			}
			if s.rootStart < 0 {
				if t.Name.Local != "svg" || t.Name.Space != "" && t.Name.Space != svgNamespace {
					return nil, fmt.Errorf("%w: the root element is <%s>, not <svg>", ErrFormat, t.Name.Local)
				}
				s.rootStart, s.rootEnd, s.root = start, int(d.InputOffset()), slices.Clone(t.Attr)
				s.rootEmpty = image[s.rootEnd-2] == '/'
			} else if isCredentialElement(t.Name) {
				c, err := readSVGCredential(d, t, start)
				if err != nil {
					return nil, err
				}
				s.found = append(s.found, c)
				depth--
			}
		case xml.EndElement:
			depth--
		}
	}
	if s.rootStart < 0 {
		return nil, &MalformedError{Format: SVG, Offset: len(image), Msg: "there is no <svg> element"}
	}
	return s, nil
}

func isCredentialElement(n xml.Name) bool {
	return slices.ContainsFunc(labels[:], func(l label) bool { return n.Space == l.namespace && n.Local == l.element })
}

// readSVGCredential reads on to the element's end tag.
func readSVGCredential(d *xml.Decoder, t xml.StartElement, start int) (svgCredential, error) {
	c := svgCredential{start: start}
	for _, a := range t.Attr {
		if a.Name.Space == "" && a.Name.Local == "verify" {
			c.verify, c.hasVerify = strings.TrimSpace(a.Value), true
		}
	}
	for {
		at := int(d.InputOffset())
		tok, err := d.Token()
		if err != nil {
			return c, &MalformedError{Format: SVG, Offset: at, Msg: "the credential element cannot be read", Err: err}
		}
		switch t := tok.(type) {
		case xml.CharData:
			c.text = append(c.text, t...)
		case xml.StartElement:
			return c, &MalformedError{Format: SVG, Offset: at, Msg: fmt.Sprintf("there is an element <%s> inside the credential element", t.Name.Local)}
		case xml.EndElement:
			c.end = int(d.InputOffset())
			c.text = bytes.TrimSpace(c.text)
			return c, nil
		}
	}
}

func unbakeSVG(image []byte) ([]byte, error) {
	s, err := scanSVG(image)
	switch {
	case err != nil:
		return nil, err
	case len(s.found) == 0:
		return nil, ErrNoCredential
	case len(s.found) > 1:
		return nil, fmt.Errorf("%w: there is a second credential element at byte %d", ErrSeveral, s.found[1].start)
	}
	// OB 3.0: a JWS stands in the attribute, JSON in the body. OB 2.0 puts the
	// URL of a hosted assertion into the attribute beside the JSON.
	c := s.found[0]
	if c.hasVerify && (len(c.text) == 0 || strings.Count(c.verify, ".") == 2 && !strings.Contains(c.verify, ":")) {
		return []byte(c.verify), nil
	}
	return c.text, nil
}

// bakeSVG puts the element right behind the start tag of <svg> and leaves out
// earlier credentials.
func bakeSVG(image, credential []byte, l label, isJWS bool) ([]byte, error) {
	s, err := scanSVG(image)
	if err != nil {
		return nil, err
	}
	prefix, declare, err := svgPrefix(s.root, l)
	if err != nil {
		return nil, err
	}
	tagEnd := s.rootEnd - len(">")
	if s.rootEmpty {
		tagEnd -= len("/")
	}
	var out bytes.Buffer
	out.Grow(len(image) + len(credential) + 256)
	out.Write(image[:tagEnd])
	if declare {
		fmt.Fprintf(&out, ` xmlns:%s="%s"`, prefix, l.namespace)
	}
	out.WriteByte('>')
	writeSVGElement(&out, prefix+":"+l.element, credential, isJWS)
	if s.rootEmpty {
		name, _, _ := bytes.Cut(image[s.rootStart+1:tagEnd], []byte{' '})
		fmt.Fprintf(&out, "</%s>", bytes.TrimRight(name, " \t\r\n"))
	}
	at := s.rootEnd
	for _, old := range s.found {
		out.Write(image[at:old.start])
		at = old.end
	}
	out.Write(image[at:])
	return out.Bytes(), nil
}

func writeSVGElement(out *bytes.Buffer, name string, credential []byte, isJWS bool) {
	if isJWS { // base64url and dots: nothing to escape
		fmt.Fprintf(out, `<%s verify="%s"></%s>`, name, credential, name)
		return
	}
	body := bytes.ReplaceAll(credential, []byte("]]>"), []byte("]]]]><![CDATA[>"))
	fmt.Fprintf(out, "<%s><![CDATA[%s]]></%s>", name, body, name)
}

// svgPrefix picks the prefix for a label's namespace: the conventional one
// unless the drawing uses it for something else. It reports whether the prefix
// has yet to be declared.
func svgPrefix(root []xml.Attr, l label) (prefix string, declare bool, err error) {
	for _, candidate := range []string{l.prefix, l.prefix + "-credential", "laurel-credential"} {
		i := slices.IndexFunc(root, func(a xml.Attr) bool { return a.Name.Space == "xmlns" && a.Name.Local == candidate })
		if i < 0 {
			return candidate, true, nil
		}
		if root[i].Value == l.namespace {
			return candidate, false, nil
		}
	}
	return "", false, errors.New("bake: the drawing uses every prefix that could name the credential; rename one")
}
