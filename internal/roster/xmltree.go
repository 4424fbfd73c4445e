package roster

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"

	"github.com/openlaurel/laurel/internal/record"
)

// maxDepth bounds nesting of XML; the deepest element of the PESC schemas stands at 12.
const maxDepth = 64

// element is one XML element with the line on which it begins. Prefixes are dropped: PESC files qualify the root alone.
type element struct {
	name     string
	text     string
	line     int
	children []*element
}

// readXML reads a document as a tree. A document type declaration is refused: nothing a transcript needs is in one,
// and everything an attacker needs is (entities that expand, files that are read).
func readXML(f File) (*element, error) {
	text, _, err := decodeText(f)
	if err != nil {
		return nil, err
	}
	d := xml.NewDecoder(bytes.NewReader(text))
	d.Strict = true
	d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil } // decoded above
	var root *element
	var open []*element
	for {
		at, _ := d.InputPos()
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, xmlError(f.Name, at, err)
		}
		switch t := token.(type) {
		case xml.Directive:
			return nil, record.Errorf(record.Invalid, "roster.Read", "%s, line %d: a document type declaration is not accepted; export without one", f.Name, at)
		case xml.StartElement:
			e := &element{name: t.Name.Local, line: at}
			if len(open) == 0 {
				if root != nil {
					return nil, record.Errorf(record.Invalid, "roster.Read", "%s, line %d: a second document begins here; send one at a time", f.Name, at)
				}
				root = e
			} else {
				parent := open[len(open)-1]
				parent.children = append(parent.children, e)
			}
			if open = append(open, e); len(open) > maxDepth {
				return nil, record.Errorf(record.TooLarge, "roster.Read", "%s, line %d: nested deeper than %d elements", f.Name, at, maxDepth)
			}
		case xml.EndElement:
			open = open[:len(open)-1]
		case xml.CharData:
			if len(open) > 0 {
				open[len(open)-1].text += string(t)
			}
		}
	}
	if root == nil {
		return nil, record.Errorf(record.Invalid, "roster.Read", "%s has no XML element", f.Name)
	}
	return root, nil
}

func xmlError(name string, at int, err error) error {
	what := err.Error()
	if se, ok := errors.AsType[*xml.SyntaxError](err); ok {
		at, what = se.Line, se.Msg
	}
	return record.Errorf(record.Invalid, "roster.Read", "%s, line %d: the XML is broken (%s); export it again", name, at, what)
}

// child returns the first child of the path, nil when a step is missing; it is safe on nil.
func (e *element) child(path ...string) *element {
	for _, name := range path {
		if e = e.first(name); e == nil {
			return nil
		}
	}
	return e
}

func (e *element) first(name string) *element {
	if e != nil {
		for _, c := range e.children {
			if c.name == name {
				return c
			}
		}
	}
	return nil
}

// all returns the children of a name.
func (e *element) all(name string) []*element {
	var out []*element
	if e != nil {
		for _, c := range e.children {
			if c.name == name {
				out = append(out, c)
			}
		}
	}
	return out
}

// value returns the trimmed text at a path, empty when there is none.
func (e *element) value(path ...string) string {
	if c := e.child(path...); c != nil {
		return strings.Join(strings.Fields(c.text), " ")
	}
	return ""
}
